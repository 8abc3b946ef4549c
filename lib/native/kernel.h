/*
 * What the programs of this package that run on an engine's side stand on: calls of Linux, on amd64 and arm64. They
 * stand alone: no libc, no interpreter, nothing of an image is executed or even loaded.
 *
 * A program has a function `run`, which is given the stack: the count of arguments, and pointers to them.
 */

typedef unsigned char byte;
typedef unsigned long number; /* 64 bits on both architectures */

#define MAY_BE_UNUSED __attribute__((unused))

#if defined(__x86_64__)

enum call {
  READ = 0, WRITE = 1, CLOSE = 3, FSTAT = 5, PREAD = 17, SOCKET = 41, CONNECT = 42, SENDTO = 44,
  BIND = 49, LISTEN = 50, GETSOCKNAME = 51, SETSOCKOPT = 54, GETSOCKOPT = 55, ACCEPT4 = 288, FCHMOD = 91, FCHOWN = 93,
  GETDENTS64 = 217, EXIT_GROUP = 231, INOTIFY_ADD_WATCH = 254, INOTIFY_RM_WATCH = 255, OPENAT = 257, MKDIRAT = 258,
  FCHOWNAT = 260, NEWFSTATAT = 262, UNLINKAT = 263, RENAMEAT = 264, SYMLINKAT = 266, READLINKAT = 267, PPOLL = 271,
  UTIMENSAT = 280, INOTIFY_INIT1 = 294, CLOCK_GETTIME = 228
};
enum { O_DIRECTORY = 0200000, O_NOFOLLOW = 0400000, MODE_OFFSET = 24 };

static long kernel(enum call call, long a, long b, long c, long d, long e, long f) {
  long result;
  register long r10 asm("r10") = d;
  register long r8 asm("r8") = e;
  register long r9 asm("r9") = f;
  asm volatile("syscall"
               : "=a"(result)
               : "a"((long)call), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
               : "rcx", "r11", "memory");
  return result;
}

asm(".globl _start\n_start:\n  mov %rsp, %rdi\n  and $-16, %rsp\n  call run\n");

#elif defined(__aarch64__)

enum call {
  READ = 63, WRITE = 64, CLOSE = 57, FSTAT = 80, PREAD = 67, SOCKET = 198, CONNECT = 203, SENDTO = 206,
  BIND = 200, LISTEN = 201, GETSOCKNAME = 204, SETSOCKOPT = 208, GETSOCKOPT = 209, ACCEPT4 = 242, FCHMOD = 52,
  FCHOWN = 55, GETDENTS64 = 61, EXIT_GROUP = 94, INOTIFY_ADD_WATCH = 27, INOTIFY_RM_WATCH = 28, OPENAT = 56, MKDIRAT = 34,
  FCHOWNAT = 54, NEWFSTATAT = 79, UNLINKAT = 35, RENAMEAT = 38, SYMLINKAT = 36, READLINKAT = 78, PPOLL = 73,
  UTIMENSAT = 88, INOTIFY_INIT1 = 26, CLOCK_GETTIME = 113
};
enum { O_DIRECTORY = 040000, O_NOFOLLOW = 0100000, MODE_OFFSET = 16 };

static long kernel(enum call call, long a, long b, long c, long d, long e, long f) {
  register long x8 asm("x8") = call;
  register long x0 asm("x0") = a;
  register long x1 asm("x1") = b;
  register long x2 asm("x2") = c;
  register long x3 asm("x3") = d;
  register long x4 asm("x4") = e;
  register long x5 asm("x5") = f;
  asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
  return x0;
}

asm(".globl _start\n_start:\n  mov x0, sp\n  bl run\n");

#else
#error "not known on this architecture"
#endif

/* Equal on both. */
enum {
  O_WRONLY = 01, O_CREAT = 0100, O_EXCL = 0200, O_NONBLOCK = 04000, O_CLOEXEC = 02000000, O_PATH = 010000000,
  AT_FDCWD = -100, AT_SYMLINK_NOFOLLOW = 0x100, AT_REMOVEDIR = 0x200, AT_EMPTY_PATH = 0x1000, MSG_NOSIGNAL = 0x4000
};
enum { INTERRUPTED = -4, EXISTS = -17, NO_DIRECTORY = -20, IS_DIRECTORY = -21, NOT_EMPTY = -39, NOT_THERE = -2 };
enum { S_IFMT = 0170000, S_IFREG = 0100000 };
enum { AF_UNIX = 1, AF_INET = 2, SOCK_STREAM = 1, SOL_SOCKET = 1, SO_RCVTIMEO = 20, SO_SNDTIMEO = 21 };

/* The compiler writes calls of these two where structures are cleared or copied. */
void *memset(void *start, int value, number length) {
  for (volatile byte *at = start; length > 0; length--) *at++ = value;
  return start;
}

void *memcpy(void *start, const void *from, number length) {
  volatile byte *at = start;
  for (const byte *source = from; length > 0; length--) *at++ = *source++;
  return start;
}

static MAY_BE_UNUSED number lengthOf(const char *text) {
  number length = 0;
  while (text[length]) length++;
  return length;
}

static MAY_BE_UNUSED void say(const char *text) { kernel(WRITE, 2, (long)text, lengthOf(text), 0, 0, 0); }

static MAY_BE_UNUSED void __attribute__((noreturn)) die(unsigned status, const char *sentence, const char *about) {
  say(sentence);
  say(about);
  say("\n");
  for (;;) kernel(EXIT_GROUP, status, 0, 0, 0, 0, 0);
}

static MAY_BE_UNUSED long readSome(int file, byte *into, number length) {
  long count;
  do count = kernel(READ, file, (long)into, length, 0, 0, 0);
  while (count == INTERRUPTED);
  return count;
}
