import protobuf from 'protobufjs/light.js';

interface Message {
  encode: (fields: object) => Buffer;
  decode: (bytes: Buffer) => Record<string, unknown>;
}

/** A protobuf message of a few plain fields, numbered from 1 in the order given; absent ones read as empty. */
export function message(name: string, fields: Record<string, 'string' | 'bytes'>): Message {
  const type = new protobuf.Type(name);
  for (const [index, [field, kind]] of Object.entries(fields).entries()) {
    type.add(new protobuf.Field(field, index + 1, kind));
  }
  new protobuf.Root().add(type);
  return {
    encode: (values) => Buffer.from(type.encode(type.fromObject(values)).finish()),
    decode: (bytes) => type.toObject(type.decode(bytes), { defaults: true, bytes: Buffer }),
  };
}
