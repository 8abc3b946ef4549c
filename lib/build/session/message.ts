import protobuf from 'protobufjs/light.js';

interface Message {
  encode: (fields: object) => Buffer;
  decode: (bytes: Buffer) => Record<string, unknown>;
}

/** A protobuf message of a few plain fields, numbered from 1 in the order given; absent ones read as empty. */
export function message(name: string, fields: Record<string, 'string' | 'bytes'>): Message {
  const numbered = Object.entries(fields).map(([key, type], index) => [key, field(type, index + 1)] as const);
  const { encode, decode } = messages({ [name]: { fields: Object.fromEntries(numbered) } });
  return { encode: (values) => encode(name, values), decode: (bytes) => decode(name, bytes) };
}

interface Messages {
  encode: (name: string, fields: object) => Buffer;
  decode: <T>(name: string, bytes: Buffer) => T;
}

/**
 * Protobuf messages that may hold one another; fields that are absent read as empty, 64-bit numbers as numbers. The types are
 * made when the first of them is used.
 */
export function messages(types: Record<string, protobuf.IType>): Messages {
  let root: protobuf.Root | undefined;
  const typeOf = (name: string) => (root ??= protobuf.Root.fromJSON({ nested: types })).lookupType(name);
  return {
    encode: (name, fields) => {
      const type = typeOf(name);
      return Buffer.from(type.encode(type.fromObject(fields)).finish());
    },
    decode: <T>(name: string, bytes: Buffer) => {
      const type = typeOf(name);
      return type.toObject(type.decode(bytes), { defaults: true, longs: Number, bytes: Buffer }) as T;
    },
  };
}

export const field = (type: string, id: number) => ({ type, id });
export const repeated = (type: string, id: number) => ({ rule: 'repeated', type, id });
/** A map by strings. */
export const byText = (type: string, id: number) => ({ keyType: 'string', type, id });
/** A map of strings. */
export const texts = (id: number) => byText('string', id);
