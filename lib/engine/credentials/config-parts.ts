import { isRecord } from '../../text/record.js';
import { type Shape, text, WrongShape } from '../client/shape.js';

/** A setting of a docker configuration that has a wrong form. It is ignored, and the rest of the file is used. */
export interface ConfigFault {
  /** `auths`, `credsStore`, … */
  setting: string;
  /** The wrong entry, if the setting is a map; undefined if the setting as a whole is wrong. */
  entry?: string;
  /** What is wrong, without the value, which may be a secret. */
  expectation: string;
}

/** Reads the parts of one configuration, and keeps what is wrong with them. */
export class ConfigParts {
  readonly faults: ConfigFault[] = [];
  readonly #settings: Readonly<Record<string, unknown>>;

  constructor(settings: Readonly<Record<string, unknown>>) {
    this.#settings = settings;
  }

  text(setting: string): string | undefined {
    return this.#take(text, this.#settings[setting], { setting });
  }

  /** The entries of a setting that are in order. */
  entries<T>(setting: string, shape: Shape<T>): ReadonlyMap<string, T> | undefined {
    const entries = this.#take(entriesOf, this.#settings[setting], { setting });
    if (!entries) return undefined;
    const found = new Map<string, T>();
    for (const [entry, value] of entries) {
      const taken = this.#take(shape, value, { setting, entry });
      if (taken !== undefined) found.set(entry, taken);
    }
    return found;
  }

  /** Go writes `null` for what is not there. */
  #take<T>(shape: Shape<T>, value: unknown, place: { setting: string; entry?: string }): T | undefined {
    if (value === undefined || value === null) return undefined;
    try {
      return shape(value, place.entry === undefined ? place.setting : `${place.setting}.${place.entry}`);
    } catch (error) {
      if (!(error instanceof WrongShape)) throw error;
      this.faults.push({ ...place, expectation: error.expectation });
      return undefined;
    }
  }
}

const entriesOf: Shape<[string, unknown][]> = (value, at = '') => {
  if (isRecord(value)) return Object.entries(value);
  throw new WrongShape(`${at} is not an object`, `${at} is not an object`);
};
