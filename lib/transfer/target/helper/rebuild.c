/*
 * Rebuilds what a transfer sends: runs in a container of an image that the target has, reads operations from its input,
 * and writes what they say to connections to the target's engine. It knows nothing of archives, images or HTTP.
 *
 *     rebuild ROOT SOCKET
 *
 * ROOT is the folder below which files are read, SOCKET the engine's. The input is one raw deflate stream (RFC 1951) of
 * operations, a letter each with its arguments; numbers are in base 128, lowest digit first, the top bit saying that
 * another one follows (LEB128):
 *
 *     O                             opens a connection
 *     L length bytes                sends the bytes
 *     F offset length length path   sends a part of a file, whose path (relative to ROOT) has the second length
 *     P offset length length path   the same, and zero bytes behind it up to a multiple of 512
 *     A                             copies to the output what the engine answers until it hangs up, and a zero byte
 *
 * The end of the input, and anything else, ends it with a sentence on its error output and a status other than 0. It writes nowhere but there, and
 * starts nothing. It stands alone: no libc, no interpreter, nothing of the image is executed or even loaded.
 */

#include "kernel.h"
#include "engine.h"

enum status { BAD_INPUT = 2, NO_FILE = 3 };

/* ---- Input: inflating ---- */

static byte packed[1 << 16];
static number packedAt, packedEnd;

static unsigned packedByte(void) {
  if (packedAt == packedEnd) {
    long count = readSome(0, packed, sizeof packed);
    if (count <= 0) die(INPUT_ENDED, "the input ended early", "");
    packedAt = 0;
    packedEnd = count;
  }
  return packed[packedAt++];
}

static unsigned bitBuffer, bitCount;

static unsigned bits(unsigned count) {
  while (bitCount < count) {
    bitBuffer |= packedByte() << bitCount;
    bitCount += 8;
  }
  unsigned value = bitBuffer & ((1u << count) - 1);
  bitBuffer >>= count;
  bitCount -= count;
  return value;
}

enum { LONGEST_CODE = 15, LITERALS = 288, DISTANCES = 32, WINDOW = 1 << 15 };

/* A Huffman code: how many codes there are of each length, and their symbols in order. */
struct code {
  unsigned short count[LONGEST_CODE + 1], symbol[LITERALS];
};

static struct code literalCode, distanceCode;

static void makeCode(struct code *code, const byte *lengths, unsigned symbols) {
  unsigned short next[LONGEST_CODE + 2];
  int left = 1;
  for (unsigned length = 0; length <= LONGEST_CODE; length++) code->count[length] = 0;
  for (unsigned symbol = 0; symbol < symbols; symbol++) code->count[lengths[symbol]]++;
  code->count[0] = 0;
  next[1] = 0;
  for (unsigned length = 1; length <= LONGEST_CODE; length++) {
    left = 2 * left - code->count[length];
    if (left < 0) die(BAD_INPUT, "the input is no deflate stream", "");
    next[length + 1] = next[length] + code->count[length];
  }
  for (unsigned symbol = 0; symbol < symbols; symbol++)
    if (lengths[symbol]) code->symbol[next[lengths[symbol]]++] = symbol;
}

static unsigned symbolOf(const struct code *code) {
  int value = 0, first = 0, index = 0;
  for (unsigned length = 1; length <= LONGEST_CODE; length++) {
    value |= bits(1);
    int count = code->count[length];
    if (value - first < count) return code->symbol[index + value - first];
    index += count;
    first = (first + count) << 1;
    value <<= 1;
  }
  die(BAD_INPUT, "the input is no deflate stream", "");
}

static void makeFixedCodes(void) {
  byte lengths[LITERALS];
  for (unsigned i = 0; i < LITERALS; i++) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
  makeCode(&literalCode, lengths, LITERALS);
  for (unsigned i = 0; i < 30; i++) lengths[i] = 5;
  makeCode(&distanceCode, lengths, 30);
}

static void readCodes(void) {
  static const byte order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
  byte lengths[LITERALS + DISTANCES];
  unsigned literals = bits(5) + 257, distances = bits(5) + 1, meta = bits(4) + 4;
  if (literals > 286 || distances > 30) die(BAD_INPUT, "the input is no deflate stream", "");
  for (unsigned i = 0; i < 19; i++) lengths[i] = 0;
  for (unsigned i = 0; i < meta; i++) lengths[order[i]] = bits(3);
  makeCode(&literalCode, lengths, 19);
  for (unsigned at = 0; at < literals + distances;) {
    unsigned symbol = symbolOf(&literalCode), repeat = 1;
    byte length = symbol;
    if (symbol == 16) {
      if (at == 0) die(BAD_INPUT, "the input is no deflate stream", "");
      length = lengths[at - 1];
      repeat = 3 + bits(2);
    } else if (symbol > 16) {
      length = 0;
      repeat = symbol == 17 ? 3 + bits(3) : 11 + bits(7);
    }
    if (at + repeat > literals + distances) die(BAD_INPUT, "the input is no deflate stream", "");
    while (repeat--) lengths[at++] = length;
  }
  makeCode(&literalCode, lengths, literals);
  makeCode(&distanceCode, lengths + literals, distances);
}

static byte window[WINDOW];
static number inflatedCount;                 /* bytes so far */
static unsigned storedLeft, repeatLeft, back; /* what the current block still gives without reading a symbol */
static enum { BETWEEN, STORED, CODED } block;
static int lastBlock;

static byte give(byte value) {
  window[inflatedCount++ % WINDOW] = value;
  return value;
}

static void beginBlock(void) {
  if (lastBlock) die(INPUT_ENDED, "the input ended early", "");
  lastBlock = bits(1);
  switch (bits(2)) {
    case 0:
      bitBuffer = bitCount = 0;
      storedLeft = bits(16);
      if ((storedLeft ^ bits(16)) != 0xffff) die(BAD_INPUT, "the input is no deflate stream", "");
      block = STORED;
      break;
    case 1:
      makeFixedCodes();
      block = CODED;
      break;
    case 2:
      readCodes();
      block = CODED;
      break;
    default:
      die(BAD_INPUT, "the input is no deflate stream", "");
  }
}

static void beginRepeat(unsigned symbol) {
  static const unsigned short lengthBase[29] = {3,  4,  5,  6,  7,  8,  9,  10, 11,  13,  15,  17,  19,  23, 27,
                                                31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258};
  static const byte lengthBits[29] = {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0};
  static const unsigned short distanceBase[30] = {1,   2,   3,   4,   5,   7,    9,    13,   17,   25,   33,   49,   65,    97,    129,
                                                  193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577};
  static const byte distanceBits[30] = {0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13};
  if (symbol > 285) die(BAD_INPUT, "the input is no deflate stream", "");
  repeatLeft = lengthBase[symbol - 257] + bits(lengthBits[symbol - 257]);
  unsigned distance = symbolOf(&distanceCode);
  if (distance > 29) die(BAD_INPUT, "the input is no deflate stream", "");
  back = distanceBase[distance] + bits(distanceBits[distance]);
  if (back > inflatedCount) die(BAD_INPUT, "the input is no deflate stream", "");
}

static byte next(void) {
  for (;;) {
    if (repeatLeft > 0) {
      repeatLeft--;
      return give(window[(inflatedCount - back) % WINDOW]);
    }
    if (block == BETWEEN) {
      beginBlock();
    } else if (block == STORED) {
      if (storedLeft == 0) {
        block = BETWEEN;
      } else {
        storedLeft--;
        return give(packedByte());
      }
    } else {
      unsigned symbol = symbolOf(&literalCode);
      if (symbol < 256) return give(symbol);
      if (symbol == 256) block = BETWEEN;
      else beginRepeat(symbol);
    }
  }
}

static number nextNumber(void) {
  number value = 0;
  for (unsigned shift = 0; shift < 63; shift += 7) {
    number digit = next();
    value |= (digit & 127) << shift;
    if (digit < 128) return value;
  }
  die(BAD_INPUT, "a number is too large", "");
}

/* ---- Output: the engine ---- */

static byte out[1 << 17];
static number outLength;
static int engine = -1;

static void openConnection(const char *path) {
  if (engine >= 0) die(BAD_INPUT, "a connection is open already", "");
  engine = connectToEngine(path);
}

static void copyAnswer(void) {
  long count;
  while ((count = readSome(engine, out, sizeof out)) > 0) writeOut(out, count);
  writeOut((const byte *)"", 1);
  kernel(CLOSE, engine, 0, 0, 0, 0, 0);
  engine = -1;
}

static void flush(void) {
  if (engine < 0) die(BAD_INPUT, "no connection is open", "");
  for (number sent = 0; sent < outLength;) {
    long count = kernel(SENDTO, engine, (long)out + sent, outLength - sent, MSG_NOSIGNAL, 0, 0);
    if (count == INTERRUPTED) continue;
    if (count <= 0) {
      /* It hung up early; the reason may be in its answer. */
      copyAnswer();
      die(ENGINE_FAILED, "the engine closed the connection", "");
    }
    sent += count;
  }
  outLength = 0;
}

static void sendBytes(number length) {
  while (length-- > 0) {
    if (outLength == sizeof out) flush();
    out[outLength++] = next();
  }
}

/* ---- Files ---- */

enum { LONGEST_PATH = 4095 };

static int isPath(const char *path, const char *other) {
  while (*path && *path == *other) path++, other++;
  return *path == *other;
}

static int isBelow(const char *path, const char *folder) {
  while (*folder && *path == *folder) path++, folder++;
  return !*folder && (!*path || *path == '/');
}

/* What an engine puts into a container in place of the image's own. */
static void refuseMounts(const char *path) {
  if (isBelow(path, "proc") || isBelow(path, "sys") || isBelow(path, "dev") || isPath(path, "etc/hosts") ||
      isPath(path, "etc/hostname") || isPath(path, "etc/resolv.conf"))
    die(NO_FILE, "not the image's own file: ", path);
}

static void readPath(char *path) {
  number length = nextNumber();
  if (length == 0 || length > LONGEST_PATH) die(BAD_INPUT, "a path is empty or too long", "");
  for (number i = 0; i < length; i++) {
    path[i] = next();
    if (path[i] == 0) die(BAD_INPUT, "a path ends early", "");
  }
  path[length] = 0;
}

/* Opens a regular file, one folder after the other, so that no link leads elsewhere. */
static int openFile(int root, const char *path) {
  int folder = root;
  const char *rest = path;
  for (;;) {
    char name[LONGEST_PATH + 1];
    number length = 0;
    while (rest[length] && rest[length] != '/') {
      name[length] = rest[length];
      length++;
    }
    name[length] = 0;
    if (length == 0 || isPath(name, ".") || isPath(name, "..")) die(BAD_INPUT, "not a path below the root: ", path);
    int last = !rest[length];
    int flags = last ? O_NOFOLLOW | O_NONBLOCK : O_NOFOLLOW | O_PATH | O_DIRECTORY;
    int opened = kernel(OPENAT, folder, (long)name, flags, 0, 0, 0);
    if (folder != root) kernel(CLOSE, folder, 0, 0, 0, 0, 0);
    if (opened < 0) die(NO_FILE, "cannot read ", path);
    if (last) return opened;
    folder = opened;
    rest += length + 1;
  }
}

/* unit: a power of 2 */
static void sendPart(int root, number unit) {
  char path[LONGEST_PATH + 1];
  union {
    byte bytes[256];
    number aligned;
  } facts;
  number offset = nextNumber(), length = nextNumber(), padding = -length & (unit - 1);
  readPath(path);
  refuseMounts(path);
  int file = openFile(root, path);
  if (kernel(FSTAT, file, (long)&facts, 0, 0, 0, 0) < 0 || (*(unsigned *)(facts.bytes + MODE_OFFSET) & S_IFMT) != S_IFREG)
    die(NO_FILE, "not a regular file: ", path);
  while (length > 0) {
    if (outLength == sizeof out) flush();
    number room = sizeof out - outLength;
    long count = kernel(PREAD, file, (long)out + outLength, length < room ? length : room, offset, 0, 0);
    if (count == INTERRUPTED) continue;
    if (count <= 0) die(NO_FILE, "shorter than it should be: ", path);
    outLength += count;
    offset += count;
    length -= count;
  }
  kernel(CLOSE, file, 0, 0, 0, 0, 0);
  for (; padding > 0; padding--) {
    if (outLength == sizeof out) flush();
    out[outLength++] = 0;
  }
}

__attribute__((used, noreturn)) void run(number *stack) {
  char **arguments = (char **)(stack + 1);
  if (stack[0] != 3) die(BAD_INPUT, "usage: rebuild ROOT SOCKET", "");
  int root = kernel(OPENAT, AT_FDCWD, (long)arguments[1], O_PATH | O_DIRECTORY, 0, 0, 0);
  if (root < 0) die(NO_FILE, "cannot read ", arguments[1]);
  for (;;) {
    switch (next()) {
      case 'O':
        openConnection(arguments[2]);
        break;
      case 'L':
        sendBytes(nextNumber());
        break;
      case 'F':
        sendPart(root, 1);
        break;
      case 'P':
        sendPart(root, 512);
        break;
      case 'A':
        flush();
        copyAnswer();
        break;
      default:
        die(BAD_INPUT, "an operation is unknown", "");
    }
  }
}
