/*
 * Keeps folders in a container as its input says: runs in a sidecar of the container, which has the same volumes, and
 * ends with its input. It knows nothing of projects, ignore rules or HTTP.
 *
 *     sync ROOT…
 *
 * Each ROOT is a folder, meant by its place among the arguments from 0 on. The input is operations, a letter each with
 * its arguments; numbers are in base 128, lowest digit first, the top bit saying that another one follows (LEB128). A
 * text is its length and as many bytes. A path is relative to its root, and empty for the root itself:
 *
 *     O user group                             owner of all that is written from now on
 *     D root path mode                         a folder
 *     F root path mode seconds nanos chunk…    a file: each chunk a text, an empty one ends them; then 1 to put the file
 *                                              into its place, or 0 to forget it
 *     L root path text                         a symbolic link that leads to the text
 *     X root path                              takes away a file, a link or a folder that is empty
 *     C root path                              asks what stands there
 *     S root path seconds                      asks for a folder's folders, and what else in it has changed since then
 *     R root path offset length                asks for a part of a file, of 65,536 bytes at most
 *     A                                        asks whether all that came before is done
 *
 * A file or link is made beside, and renamed to its place, so that a reader finds the old one or the new one, whole. No
 * link on the way is followed. The output is answers:
 *
 *     E errno letter root path                 an operation failed; those after it are carried out
 *     C kind mode digest                       kind: 0 nothing, 1 a file, 2 a folder, 3 a link, 4 anything else; the
 *                                              SHA-256 of a file's content or a link's text, 32 zero bytes for others
 *     N kind mode inode seconds nanos size name   one of a folder, with the time that its content has
 *     S seconds nanos                          all of the folder has been told, or there is none; the time by this clock
 *     R inode seconds nanos size text          what the file is after the part has been read; all 0 and no text where
 *                                              there is none
 *     A                                        done
 *
 * Anything else in the input ends it with a sentence on its error output.
 */

#include "kernel.h"

enum status { BAD_INPUT = 2, NO_ROOT = 3, NO_READER = 5 };

static const char BAD[] = "an operation cannot be read";

/* ---- Input and output ---- */

static byte in[1 << 16];
static number inAt, inEnd;
static byte out[1 << 12];
static number outLength;

static void flush(void) {
  for (number sent = 0; sent < outLength;) {
    long count = kernel(WRITE, 1, (long)out + sent, outLength - sent, 0, 0, 0);
    if (count == INTERRUPTED) continue;
    if (count <= 0) die(NO_READER, "nobody reads the output", "");
    sent += count;
  }
  outLength = 0;
}

/* What has been answered is sent before more input is waited for. The end of the input is the end. */
static void fill(void) {
  flush();
  long count = readSome(0, in, sizeof in);
  if (count <= 0)
    for (;;) kernel(EXIT_GROUP, 0, 0, 0, 0, 0, 0);
  inAt = 0;
  inEnd = count;
}

static byte next(void) {
  if (inAt == inEnd) fill();
  return in[inAt++];
}

static number nextNumber(void) {
  number value = 0;
  for (unsigned shift = 0; shift < 63; shift += 7) {
    number digit = next();
    value |= (digit & 127) << shift;
    if (digit < 128) return value;
  }
  die(BAD_INPUT, BAD, "");
}

static void put(byte value) {
  if (outLength == sizeof out) flush();
  out[outLength++] = value;
}

static void putNumber(number value) {
  for (; value > 127; value >>= 7) put((value & 127) | 128);
  put(value);
}

/* ---- Where an operation works ---- */

enum { LONGEST_PATH = 4095, MOST_ROOTS = 64 };

static int roots[MOST_ROOTS];
static number rootCount, user, group;

static byte letter;
static number root;
static char path[LONGEST_PATH + 1];

static void nextText(char *text) {
  number length = nextNumber();
  if (length > LONGEST_PATH) die(BAD_INPUT, BAD, "");
  for (number i = 0; i < length; i++) {
    text[i] = next();
    if (text[i] == 0) die(BAD_INPUT, BAD, "");
  }
  text[length] = 0;
}

static void nextPlace(void) {
  root = nextNumber();
  if (root >= rootCount) die(BAD_INPUT, BAD, "");
  nextText(path);
}

static void complain(long error) {
  put('E');
  putNumber(-error);
  put(letter);
  putNumber(root);
  putNumber(lengthOf(path));
  for (number i = 0; path[i]; i++) put(path[i]);
}

static int isDots(const char *name) { return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2])); }

/*
 * Opens the folder that holds the path, one after the other, so that no link leads elsewhere; `name` is then the last
 * part. Whoever calls it closes what is not a root. The empty path is in its own root, as ".".
 */
static int openFolder(const char **name) {
  static char part[LONGEST_PATH + 1];
  int folder = roots[root];
  const char *rest = path;
  for (;;) {
    number length = 0;
    while (rest[length] && rest[length] != '/') length++;
    for (number i = 0; i < length; i++) part[i] = rest[i];
    part[length] = 0;
    if (!*path) return *name = ".", folder;
    if (length == 0 || isDots(part)) die(BAD_INPUT, "not a path below a root: ", path);
    if (!rest[length]) return *name = rest, folder;
    int opened = kernel(OPENAT, folder, (long)part, O_NOFOLLOW | O_PATH | O_DIRECTORY | O_CLOEXEC, 0, 0, 0);
    if (folder != roots[root]) kernel(CLOSE, folder, 0, 0, 0, 0, 0);
    if (opened < 0) return opened;
    folder = opened;
    rest += length + 1;
  }
}

static void closeFolder(int folder) {
  if (folder >= 0 && folder != roots[root]) kernel(CLOSE, folder, 0, 0, 0, 0, 0);
}

/* ---- Folders, files and links ---- */

static void makeFolder(void) {
  nextPlace();
  number mode = nextNumber();
  const char *name;
  int folder = openFolder(&name);
  long result = folder;
  if (folder >= 0) {
    result = kernel(MKDIRAT, folder, (long)name, mode, 0, 0, 0);
    if (result == EXISTS) result = 0;
  }
  if (result >= 0) {
    int made = kernel(OPENAT, folder, (long)name, O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC, 0, 0, 0);
    result = made;
    if (made >= 0) {
      result = kernel(FCHOWN, made, user, group, 0, 0, 0);
      if (result >= 0) result = kernel(FCHMOD, made, mode, 0, 0, 0, 0);
      kernel(CLOSE, made, 0, 0, 0, 0, 0);
    }
  }
  closeFolder(folder);
  if (result < 0) complain(result);
}

/* In the root: whoever watches a folder below sees what is finished alone. */
static const char STAGE[] = ".gulp-dockerutils-live";

static long takeChunks(int file) {
  long result = 0;
  for (number left = nextNumber(); left > 0; left = nextNumber()) {
    while (left > 0) {
      if (inAt == inEnd) fill();
      number count = inEnd - inAt < left ? inEnd - inAt : left;
      for (number done = 0; file >= 0 && result >= 0 && done < count;) {
        long written = kernel(WRITE, file, (long)in + inAt + done, count - done, 0, 0, 0);
        if (written == INTERRUPTED) continue;
        if (written < 0) result = written;
        else done += written;
      }
      inAt += count;
      left -= count;
    }
  }
  return result;
}

static long putIntoPlace(void) {
  const char *name;
  int folder = openFolder(&name);
  if (folder < 0) return folder;
  long result = kernel(RENAMEAT, roots[root], (long)STAGE, folder, (long)name, 0, 0);
  closeFolder(folder);
  return result;
}

static void makeFile(void) {
  nextPlace();
  number mode = nextNumber();
  long times[4];
  times[0] = times[2] = nextNumber();
  times[1] = times[3] = nextNumber();
  kernel(UNLINKAT, roots[root], (long)STAGE, 0, 0, 0, 0);
  int file = kernel(OPENAT, roots[root], (long)STAGE, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600, 0, 0);
  long result = file, taken = takeChunks(file);
  number wanted = nextNumber();
  if (file >= 0) {
    result = taken;
    if (result >= 0) result = kernel(FCHOWN, file, user, group, 0, 0, 0);
    if (result >= 0) result = kernel(FCHMOD, file, mode, 0, 0, 0, 0);
    if (result >= 0) result = kernel(UTIMENSAT, file, 0, (long)times, 0, 0, 0);
    kernel(CLOSE, file, 0, 0, 0, 0, 0);
    if (result >= 0 && wanted) result = putIntoPlace();
    if (result < 0 || !wanted) kernel(UNLINKAT, roots[root], (long)STAGE, 0, 0, 0, 0);
  }
  if (result < 0 && wanted) complain(result);
}

static void makeLink(void) {
  static char text[LONGEST_PATH + 1];
  nextPlace();
  nextText(text);
  kernel(UNLINKAT, roots[root], (long)STAGE, 0, 0, 0, 0);
  long result = kernel(SYMLINKAT, (long)text, roots[root], (long)STAGE, 0, 0, 0);
  if (result >= 0) result = kernel(FCHOWNAT, roots[root], (long)STAGE, user, group, AT_SYMLINK_NOFOLLOW, 0);
  if (result >= 0) result = putIntoPlace();
  if (result < 0) {
    kernel(UNLINKAT, roots[root], (long)STAGE, 0, 0, 0, 0);
    complain(result);
  }
}

/* What has gone already, and a folder that holds what somebody else has made, are as they should be. */
static void takeAway(void) {
  nextPlace();
  const char *name;
  int folder = openFolder(&name);
  long result = folder;
  if (folder >= 0) result = kernel(UNLINKAT, folder, (long)name, 0, 0, 0, 0);
  if (result == IS_DIRECTORY) result = kernel(UNLINKAT, folder, (long)name, AT_REMOVEDIR, 0, 0, 0);
  closeFolder(folder);
  if (result < 0 && result != NOT_THERE && result != NO_DIRECTORY && result != NOT_EMPTY) complain(result);
}

/* ---- What stands there ---- */

static unsigned state[8];
static byte block[64];
static number hashed;

static unsigned turned(unsigned value, unsigned by) { return (value >> by) | (value << (32 - by)); }

/* SHA-256, FIPS 180-4. */
static void hashBlock(void) {
  static const unsigned constants[64] = {
      0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be,
      0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa,
      0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85,
      0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3,
      0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f,
      0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};
  unsigned words[64], now[8];
  for (unsigned i = 0; i < 16; i++)
    words[i] = (unsigned)block[4 * i] << 24 | block[4 * i + 1] << 16 | block[4 * i + 2] << 8 | block[4 * i + 3];
  for (unsigned i = 16; i < 64; i++) {
    unsigned a = words[i - 15], b = words[i - 2];
    words[i] = words[i - 16] + words[i - 7] + (turned(a, 7) ^ turned(a, 18) ^ a >> 3) + (turned(b, 17) ^ turned(b, 19) ^ b >> 10);
  }
  for (unsigned i = 0; i < 8; i++) now[i] = state[i];
  for (unsigned i = 0; i < 64; i++) {
    unsigned e = now[4], a = now[0];
    unsigned first = now[7] + (turned(e, 6) ^ turned(e, 11) ^ turned(e, 25)) + ((e & now[5]) ^ (~e & now[6])) + constants[i] + words[i];
    unsigned second = (turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & now[1]) ^ (a & now[2]) ^ (now[1] & now[2]));
    for (unsigned j = 7; j > 0; j--) now[j] = now[j - 1];
    now[4] += first;
    now[0] = first + second;
  }
  for (unsigned i = 0; i < 8; i++) state[i] += now[i];
}

static void beginHash(void) {
  static const unsigned begin[8] = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
  for (unsigned i = 0; i < 8; i++) state[i] = begin[i];
  hashed = 0;
}

static void hash(const byte *bytes, number length) {
  while (length-- > 0) {
    block[hashed++ % 64] = *bytes++;
    if (hashed % 64 == 0) hashBlock();
  }
}

static void endHash(void) {
  number bits = hashed * 8;
  byte length[8];
  hash((const byte *)"\x80", 1);
  while (hashed % 64 != 56) hash((const byte *)"", 1);
  for (unsigned i = 0; i < 8; i++) length[i] = bits >> (56 - 8 * i);
  hash(length, 8);
}

enum { NOTHING, A_FILE, A_FOLDER, A_LINK, ANOTHER };
enum { S_IFDIR = 040000, S_IFLNK = 0120000 };

static int hashFile(int folder, const char *name) {
  static byte bytes[1 << 16];
  int file = kernel(OPENAT, folder, (long)name, O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0, 0, 0);
  if (file < 0) return 0;
  long count;
  while ((count = readSome(file, bytes, sizeof bytes)) > 0) hash(bytes, count);
  kernel(CLOSE, file, 0, 0, 0, 0, 0);
  return count == 0;
}

static int hashLink(int folder, const char *name) {
  static byte text[LONGEST_PATH + 1];
  long count = kernel(READLINKAT, folder, (long)name, (long)text, sizeof text, 0, 0);
  if (count > 0) hash(text, count);
  return count > 0;
}

/* A stat structure: but for the mode, both architectures have the same places. */
union facts {
  byte bytes[256];
  number words[32];
};
enum { INODE = 1, SIZE = 6, MODIFIED = 11, CHANGED = 13 };

static unsigned modeOf(const union facts *facts) { return *(const unsigned *)(facts->bytes + MODE_OFFSET); }

static unsigned kindOf(const union facts *facts) {
  unsigned type = modeOf(facts) & S_IFMT;
  return type == S_IFREG ? A_FILE : type == S_IFDIR ? A_FOLDER : type == S_IFLNK ? A_LINK : ANOTHER;
}

static void putState(const union facts *facts) {
  putNumber(facts->words[INODE]);
  putNumber(facts->words[MODIFIED]);
  putNumber(facts->words[MODIFIED + 1]);
  putNumber(facts->words[SIZE]);
}

static void lookAt(void) {
  union facts facts;
  const char *name;
  unsigned mode = 0, kind = NOTHING;
  nextPlace();
  int folder = openFolder(&name);
  if (folder >= 0 && kernel(NEWFSTATAT, folder, (long)name, (long)&facts, AT_SYMLINK_NOFOLLOW, 0, 0) >= 0) {
    mode = modeOf(&facts);
    kind = kindOf(&facts);
  }
  beginHash();
  if (kind == A_FILE && !hashFile(folder, name)) kind = NOTHING;
  if (kind == A_LINK && !hashLink(folder, name)) kind = NOTHING;
  endHash();
  closeFolder(folder);
  put('C');
  putNumber(kind);
  putNumber(mode & 07777);
  for (unsigned i = 0; i < 32; i++) put(kind == A_FILE || kind == A_LINK ? state[i / 4] >> (24 - 8 * (i % 4)) : 0);
}

static int isStage(const char *name) {
  number i = 0;
  while (name[i] && name[i] == STAGE[i]) i++;
  return name[i] == STAGE[i];
}

static void putEntry(int folder, const char *name, number since) {
  union facts facts;
  if (isDots(name) || (!*path && isStage(name))) return;
  if (kernel(NEWFSTATAT, folder, (long)name, (long)&facts, AT_SYMLINK_NOFOLLOW, 0, 0) < 0) return;
  unsigned kind = kindOf(&facts);
  if (kind != A_FOLDER && facts.words[CHANGED] < since) return;
  put('N');
  putNumber(kind);
  putNumber(modeOf(&facts) & 07777);
  putState(&facts);
  number length = lengthOf(name);
  putNumber(length);
  for (number i = 0; i < length; i++) put(name[i]);
}

/* getdents64(2): a record has its length at 16, and a name from 19 on. */
static void listFolder(void) {
  static number records[1 << 10];
  number now[2] = {0, 0};
  const char *name;
  nextPlace();
  number since = nextNumber();
  /* Before the look: whoever asks for what has changed since then misses nothing. */
  kernel(CLOCK_GETTIME, 0, (long)now, 0, 0, 0, 0);
  int folder = openFolder(&name);
  if (folder >= 0) {
    int opened = kernel(OPENAT, folder, (long)name, O_NOFOLLOW | O_DIRECTORY | O_CLOEXEC, 0, 0, 0);
    long count = 0;
    while (opened >= 0 && (count = kernel(GETDENTS64, opened, (long)records, sizeof records, 0, 0, 0)) > 0) {
      const byte *all = (const byte *)records;
      for (long at = 0; at < count; at += all[at + 16] | all[at + 17] << 8) putEntry(opened, (const char *)all + at + 19, since);
    }
    if (opened >= 0) kernel(CLOSE, opened, 0, 0, 0, 0, 0);
    closeFolder(folder);
    if (count < 0) complain(count);
  }
  put('S');
  putNumber(now[0]);
  putNumber(now[1]);
}

static void readPart(void) {
  static byte bytes[1 << 16];
  union facts facts;
  const char *name;
  nextPlace();
  number offset = nextNumber(), length = nextNumber();
  if (length > sizeof bytes) die(BAD_INPUT, BAD, "");
  long count = -1;
  int folder = openFolder(&name);
  if (folder >= 0) {
    int file = kernel(OPENAT, folder, (long)name, O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0, 0, 0);
    if (file >= 0) {
      do count = kernel(PREAD, file, (long)bytes, length, offset, 0, 0);
      while (count == INTERRUPTED);
      /* After the reading: a change meanwhile shows. */
      if (count >= 0 && kernel(FSTAT, file, (long)&facts, 0, 0, 0, 0) < 0) count = -1;
      kernel(CLOSE, file, 0, 0, 0, 0, 0);
    }
    closeFolder(folder);
  }
  put('R');
  if (count >= 0) putState(&facts);
  else
    for (unsigned i = 0; i < 4; i++) putNumber(0);
  putNumber(count < 0 ? 0 : count);
  for (long i = 0; i < count; i++) put(bytes[i]);
}

__attribute__((used, noreturn)) void run(number *stack) {
  char **arguments = (char **)(stack + 1);
  rootCount = stack[0] - 1;
  if (rootCount == 0 || rootCount > MOST_ROOTS) die(BAD_INPUT, "usage: sync ROOT...", "");
  for (number i = 0; i < rootCount; i++) {
    roots[i] = kernel(OPENAT, AT_FDCWD, (long)arguments[i + 1], O_PATH | O_DIRECTORY | O_CLOEXEC, 0, 0, 0);
    if (roots[i] < 0) die(NO_ROOT, "cannot open ", arguments[i + 1]);
  }
  for (;;) {
    letter = next();
    switch (letter) {
      case 'O':
        user = nextNumber();
        group = nextNumber();
        break;
      case 'D':
        makeFolder();
        break;
      case 'F':
        makeFile();
        break;
      case 'L':
        makeLink();
        break;
      case 'X':
        takeAway();
        break;
      case 'C':
        lookAt();
        break;
      case 'S':
        listFolder();
        break;
      case 'R':
        readPart();
        break;
      case 'A':
        put('A');
        break;
      default:
        die(BAD_INPUT, BAD, "");
    }
  }
}
