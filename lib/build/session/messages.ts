import protobuf from 'protobufjs';

/** A message of a few plain fields, numbered from 1 in the order given. */
export function messageType(name: string, fields: Record<string, string>): protobuf.Type {
  const type = new protobuf.Type(name);
  for (const [index, [field, kind]] of Object.entries(fields).entries()) {
    type.add(new protobuf.Field(field, index + 1, kind));
  }
  new protobuf.Root().add(type);
  return type;
}
