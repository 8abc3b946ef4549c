/*
 * What programs share that stand beside an engine: they are told what to do by their input, say what comes of it by their output,
 * and speak to the engine at its socket.
 */

enum { INPUT_ENDED = 4, ENGINE_FAILED = 5 }; /* statuses */
enum { LONGEST_SOCKET_PATH = 107 };

static void writeOut(const byte *from, number length) {
  while (length > 0) {
    long count = kernel(WRITE, 1, (long)from, length, 0, 0, 0);
    if (count == INTERRUPTED) continue;
    if (count <= 0) die(INPUT_ENDED, "nobody reads the output", "");
    from += count;
    length -= count;
  }
}

static int connectToEngine(const char *path) {
  struct {
    unsigned short family;
    char path[LONGEST_SOCKET_PATH + 1];
  } address = {AF_UNIX, {0}};
  number length = lengthOf(path);
  if (length > LONGEST_SOCKET_PATH) die(ENGINE_FAILED, "too long for a socket: ", path);
  for (number i = 0; i < length; i++) address.path[i] = path[i];
  int file = kernel(SOCKET, AF_UNIX, SOCK_STREAM, 0, 0, 0, 0);
  if (file < 0 || kernel(CONNECT, file, (long)&address, sizeof address, 0, 0, 0) < 0)
    die(ENGINE_FAILED, "cannot connect to the engine's socket", "");
  return file;
}
