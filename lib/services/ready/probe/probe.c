/*
 * Waits until a service can be reached: runs in a container that shares its network.
 *
 *     probe tcp ADDRESS PORT
 *     probe http ADDRESS PORT PATH
 *
 * ADDRESS is one of IPv4. It ends with 0 when the port takes a connection, or answers a GET with a status from 200 to 399; until
 * then it tries again and again. Anything else ends it with a sentence on its error output and a status other than 0.
 */

#include "kernel.h"

enum status { BAD_WORDS = 2, NO_SOCKET = 3 };
enum { MILLISECOND = 1000000, FIRST_PAUSE = 10 * MILLISECOND, LONGEST_PAUSE = 100 * MILLISECOND };

struct address {
  unsigned short family;
  byte port[2];
  byte host[4];
  byte zero[8];
};

/* Reads a number up to a byte, and returns what is behind it. */
static const char *readNumber(const char *text, unsigned most, char endsAt, unsigned *value) {
  *value = 0;
  if (*text < '0' || *text > '9') die(BAD_WORDS, "not an address and a port", "");
  while (*text >= '0' && *text <= '9') {
    *value = *value * 10 + (*text++ - '0');
    if (*value > most) die(BAD_WORDS, "not an address and a port", "");
  }
  if (*text != endsAt) die(BAD_WORDS, "not an address and a port", "");
  return *text ? text + 1 : text;
}

static struct address readAddress(const char *host, const char *port) {
  struct address address = {AF_INET, {0}, {0}, {0}};
  unsigned value;
  for (int i = 0; i < 4; i++) {
    host = readNumber(host, 255, i < 3 ? '.' : 0, &value);
    address.host[i] = value;
  }
  readNumber(port, 65535, 0, &value);
  address.port[0] = value >> 8;
  address.port[1] = value;
  return address;
}

/* A connected socket, or a negative number. */
static int reach(const struct address *address) {
  static const long patience[2] = {5, 0}; /* seconds and microseconds */
  int file = kernel(SOCKET, AF_INET, SOCK_STREAM, 0, 0, 0, 0);
  if (file < 0) die(NO_SOCKET, "there is no socket to be had", "");
  kernel(SETSOCKOPT, file, SOL_SOCKET, SO_SNDTIMEO, (long)patience, sizeof patience, 0);
  kernel(SETSOCKOPT, file, SOL_SOCKET, SO_RCVTIMEO, (long)patience, sizeof patience, 0);
  if (kernel(CONNECT, file, (long)address, sizeof *address, 0, 0, 0) == 0) return file;
  kernel(CLOSE, file, 0, 0, 0, 0, 0);
  return -1;
}

static int sendText(int file, const char *text) {
  for (number left = lengthOf(text); left > 0;) {
    long count = kernel(SENDTO, file, (long)text, left, MSG_NOSIGNAL, 0, 0);
    if (count <= 0) return 0;
    text += count;
    left -= count;
  }
  return 1;
}

/* Whether what comes begins as `HTTP/1.1 204` does. */
static int isAnsweredWell(int file) {
  char line[12];
  for (number length = 0; length < sizeof line;) {
    long count = kernel(READ, file, (long)line + length, sizeof line - length, 0, 0, 0);
    if (count <= 0) return 0;
    length += count;
  }
  for (int i = 0; i < 5; i++)
    if (line[i] != "HTTP/"[i]) return 0;
  return line[8] == ' ' && (line[9] == '2' || line[9] == '3');
}

static int isReady(const struct address *address, char **words, int asksHttp) {
  int file = reach(address);
  if (file < 0) return 0;
  int ready = !asksHttp || (sendText(file, "GET ") && sendText(file, words[4]) && sendText(file, " HTTP/1.0\r\nHost: ") &&
                            sendText(file, words[2]) && sendText(file, ":") && sendText(file, words[3]) &&
                            sendText(file, "\r\nUser-Agent: gulp-dockerutils\r\nConnection: close\r\n\r\n") && isAnsweredWell(file));
  kernel(CLOSE, file, 0, 0, 0, 0, 0);
  return ready;
}

__attribute__((used, noreturn)) void run(number *stack) {
  char **words = (char **)(stack + 1);
  int asksHttp = stack[0] == 5 && words[1][0] == 'h';
  if (!asksHttp && !(stack[0] == 4 && words[1][0] == 't')) die(BAD_WORDS, "usage: probe tcp ADDRESS PORT | http ADDRESS PORT PATH", "");
  struct address address = readAddress(words[2], words[3]);
  for (long pause = FIRST_PAUSE;; pause = pause < LONGEST_PAUSE ? 2 * pause : pause) {
    if (isReady(&address, words, asksHttp)) kernel(EXIT_GROUP, 0, 0, 0, 0, 0, 0);
    long time[2] = {0, pause};
    kernel(PPOLL, 0, 0, (long)time, 0, 0, 0);
  }
}
