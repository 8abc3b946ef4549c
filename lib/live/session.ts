import { setTimeout as sleep } from 'node:timers/promises';
import type { Container } from '../engine/containers/container.js';
import { removeContainer } from '../engine/containers/remove.js';
import type { Means } from '../engine/means.js';
import type { Engine } from '../engine/types.js';
import { createVolume, removeVolume } from '../engine/volumes.js';
import type { Pattern } from '../ignore/pattern.js';
import { formatDuration } from '../report/format.js';
import type { Report } from '../report/types.js';
import { beginMark, endMark } from '../system/owner-mark.js';
import { type Changes, Keeper, type KeeperTarget } from './keeper.js';
import { LIVE_LABEL, removeLiveLeftovers } from './leftovers.js';
import { inspectCreated, ownerOf } from './owner.js';
import type { SyncPlan } from './plan.js';
import { type Next, Rounds, type RoundsSpec } from './rounds.js';
import { addSession } from './synced.js';
import { Told } from './told.js';

/** Milliseconds that an engine is given to let go of volumes, and between two tries. */
const RELEASE = 30_000;
const PAUSE = 250;

/** A session's mark, which the container has as its label and the volumes have in their names. */
export interface SessionMark {
  mark: string;
  label: string;
  /** Begins the names of its volumes. */
  prefix: string;
}

/** @param what the session is for: project and image; undefined for one that is only looked at */
export function beginSession(what: string | undefined): SessionMark {
  const mark = what === undefined ? 'mark' : beginMark(what);
  return { mark, label: `${LIVE_LABEL}=${mark}`, prefix: `gulp-dockerutils-live-${mark}` };
}

export interface SessionSpec {
  /** The project's folder. */
  root: string;
  /** What stays out, relative to it. */
  patterns: readonly Pattern[];
  /** What of it the container's files come back to. */
  back: readonly Pattern[];
  platform?: string;
  usernsMode: string;
  /** Whether the screen is the container's. */
  quiet: boolean;
  /** What the container is started again or replaced for. */
  rounds: RoundsSpec;
}

/** The time of a container whose folders follow those of the project. `end` must be called, whatever happens. */
export class LiveSession {
  readonly #plan: SyncPlan;
  readonly #spec: SessionSpec;
  readonly #means: Pick<Means, 'engine' | 'report'>;
  readonly #mark: SessionMark;
  readonly #failed = new AbortController();
  #keeper?: Keeper;
  #rounds?: Rounds;
  #containerId?: string;
  #lostAt?: number;
  #forget?: () => void;

  private constructor(
    plan: SyncPlan,
    spec: SessionSpec,
    mark: SessionMark,
    means: Pick<Means, 'engine' | 'report'>,
  ) {
    this.#plan = plan;
    this.#spec = spec;
    this.#mark = mark;
    this.#means = means;
  }

  /** Takes away what earlier sessions have left, makes the volumes, and watches from now on. */
  static async open(
    plan: SyncPlan,
    spec: SessionSpec,
    mark: SessionMark,
    means: Pick<Means, 'engine' | 'report'>,
  ): Promise<LiveSession> {
    const { engine, report } = means;
    const session = new LiveSession(plan, spec, mark, means);
    session.#forget = addSession(session);
    try {
      const left = await removeLiveLeftovers(engine);
      if (left > 0) report.info(`ended what earlier live sessions had left running (${left})`);
      const labels = { [LIVE_LABEL]: mark.mark };
      for (const volume of plan.volumes) await createVolume(engine, volume, labels);
      const { root, patterns, back } = spec;
      const told = new Told(session.#report);
      session.#keeper = new Keeper({ root, patterns, back, trees: plan.trees }, told, {
        onFailure: (why) => session.#failed.abort(why),
        onLoss: session.lost,
        onReturn: (changes) => session.#returned(changes),
      });
      session.#rounds = new Rounds(spec.rounds, {
        ...means,
        synced: () => session.synced(),
        onFailure: (why) => session.#failed.abort(why),
      });
      return session;
    } catch (error) {
      await session.end().catch(() => undefined);
      throw error;
    }
  }

  /** Aborted where files cannot be kept current any more; its reason says why. */
  get failed(): AbortSignal {
    return this.#failed.signal;
  }

  /** The connection to the engine was lost, of which one line is enough. */
  readonly lost = (): void => {
    if (this.#lostAt !== undefined) return;
    this.#lostAt = performance.now();
    const { engine, report } = this.#means;
    report.warn(
      `The connection to ${engine.address.url} is lost; what changes here follows when it is back, which is tried until then.`,
    );
  };

  #returned({ sent, removed }: Changes): void {
    const time = formatDuration(performance.now() - (this.#lostAt ?? performance.now()));
    this.#lostAt = undefined;
    const all = [sent > 0 && `${sent} brought up to date`, removed > 0 && `${removed} taken away`];
    const changes = all.filter((part) => part !== false).join(', ') || 'nothing differed';
    this.#report.info(`live: the connection is back after ${time}, and all files compared: ${changes}`);
  }

  /** What it tells of files; where the screen is the container's, nothing. */
  get #report(): Report {
    const { report } = this.#means;
    return this.#spec.quiet ? { ...report, info: () => undefined } : report;
  }

  /** Fills the volumes of a container that has been created, or of one that takes the place of another. */
  async prepare(container: Container, signal: AbortSignal): Promise<void> {
    const { engine } = this.#means;
    const isFirst = this.#containerId === undefined;
    this.#containerId = container.id;
    const { image, user } = await inspectCreated(engine, container.id);
    this.#rounds?.prepare(container, image);
    if (this.#plan.trees.length === 0) return;
    const owner = await ownerOf(engine, container.id, user);
    if (isFirst) await this.#fill({ containerId: container.id, owner }, image, signal);
    else await this.#keeper?.move({ containerId: container.id, owner });
  }

  /** What comes behind the end of the container. */
  async next(exitStatus: number, signal: AbortSignal): Promise<Next | undefined> {
    return await this.#rounds?.next(exitStatus, signal);
  }

  async #fill(
    into: Pick<KeeperTarget, 'containerId' | 'owner'>,
    image: string,
    signal: AbortSignal,
  ): Promise<void> {
    const { engine, report } = this.#means;
    const { platform, usernsMode } = this.#spec;
    const { volumes } = this.#plan;
    const start = performance.now();
    const labels = { [LIVE_LABEL]: this.#mark.mark };
    const sidecar = { image, platform, volumes, usernsMode, labels };
    const target = { engine, ...into, ...(volumes.length > 0 && { sidecar }) };
    const count = await this.#keeper?.begin(target, AbortSignal.any([signal, this.failed]));
    report.info(
      `live: ${count} files are there (${formatDuration(performance.now() - start)}); what changes here follows`,
    );
  }

  /** Resolves when all that was changed here before is there. */
  async synced(): Promise<void> {
    if (this.#plan.trees.length > 0) await this.#keeper?.synced();
    this.failed.throwIfAborted();
  }

  /** Takes away the container, where it is still there, and all that was made for it. */
  async end(): Promise<void> {
    const { engine, report } = this.#means;
    this.#forget?.();
    try {
      this.#rounds?.close();
      await this.#keeper?.close();
      if (this.#containerId !== undefined) await removeContainer(engine, this.#containerId);
      const held = await removeVolumes(engine, this.#plan.volumes);
      if (held.length > 0)
        report.warn(
          `Something on ${engine.address.url} still uses what was made for this: once it has ended, docker volume rm ${held.join(' ')}`,
        );
    } finally {
      endMark(this.#mark.mark);
    }
  }
}

/** The engine may take a while to let go of a volume whose container is going. @returns those that it has not */
async function removeVolumes(engine: Engine, volumes: readonly string[]): Promise<string[]> {
  const until = performance.now() + RELEASE;
  const held: string[] = [];
  for (const volume of volumes) {
    while (!(await removeVolume(engine, volume))) {
      if (performance.now() >= until) {
        held.push(volume);
        break;
      }
      await sleep(PAUSE);
    }
  }
  return held;
}
