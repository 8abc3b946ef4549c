/*
 * Hands blocks of an image from host to host: runs in a container of its own on each of them, with the engine's socket
 * and the host's network before it. It knows nothing of archives, images or HTTP, and writes no file.
 *
 *     relay SOCKET
 *
 * Input and output are frames: a letter, three numbers of 32 bits (lowest byte first), of which the last is a length, and as
 * many bytes. Blocks have numbers; what is in them is encrypted (ChaCha20-Poly1305 of RFC 8439, the nonce being four zero
 * bytes and the number) with a key that comes by the input, as do all secrets here: once, for one transfer. Input:
 *
 *     K - - key           the key of all blocks
 *     L - -               listens at a port that the kernel chooses; answered by L with the port and the kernel's table of
 *                         addresses
 *     P peer - secret     allows a peer to dial in by a secret of 64 bytes: it shows one half and is shown the other
 *     C port - secret …   dials another one of these programs, at whichever of the addresses that follow (4 bytes each)
 *                         answers rightly; answered by C, or by N
 *     O connection -      opens a connection to the engine
 *     W connection - …    writes bytes to it
 *     B block - …         takes a block, encrypted, to be kept for a while
 *     F block peer        gives it to a peer, as it is
 *     T connection block  writes a block to a connection, as a chunk of HTTP's chunked coding, when it has come
 *     I block - …         a block by the input, not encrypted, instead of one that has not come from elsewhere, as no more shall
 *     X connection -      closes a connection; answered by E, unless that was said already
 *
 * Output: D connection when W or T is done; V block when one has come; R connection with what the engine answers, E
 * connection when it hangs up; N with a sentence where no more blocks come from elsewhere.
 *
 * The end of the input, and anything else, ends it. Nothing blocks: whoever feeds it does not give more than it can hold.
 */

#include "kernel.h"
#include "engine.h"
#include "monocypher/monocypher.h"

enum status { BAD_INPUT = 2, NO_NETWORK = 6 };
enum { AGAIN = -11, IN_PROGRESS = -115, MSG_DONTWAIT = 0x40, POLLIN = 1, POLLOUT = 4, SOCK_NONBLOCK = O_NONBLOCK };
enum { SO_ERROR = 4, IPPROTO_TCP = 6, TCP_NODELAY = 1 };

enum {
  LARGEST = 1 << 20, /* bytes of a block */
  MAC = 16,
  KEPT = 64,           /* blocks that are kept for peers */
  BLOCKS = 96, BUFFERS = 64, QUEUE = 64,
  CONNECTIONS = 4, PEERS = 32, CALLERS = 8, ADDRESSES = 16, HALF = 32, TABLE = 256 << 10
};

static byte key[32];

/* ---- Output ---- */

static void put32(byte *at, unsigned value) {
  for (int i = 0; i < 4; i++) at[i] = value >> (8 * i);
}

static unsigned get32(const byte *at) { return at[0] | at[1] << 8 | at[2] << 16 | (unsigned)at[3] << 24; }

static void tell(byte type, unsigned a, const byte *bytes, unsigned length) {
  byte head[13] = {type};
  put32(head + 1, a);
  put32(head + 9, length);
  writeOut(head, sizeof head);
  writeOut(bytes, length);
}

static void tellText(byte type, const char *text) { tell(type, 0, (const byte *)text, lengthOf(text)); }

/* ---- Blocks ---- */

enum use { FREE, COMING, WHOLE };

static struct block {
  unsigned id, length, peers; /* peers: how many still have to get it */
  enum use used;
  byte plain, kept; /* kept: for peers, too */
  byte head[8];
  byte bytes[LARGEST + MAC];
} blocks[BLOCKS];

static struct block *findBlock(unsigned id) {
  for (int i = 0; i < BLOCKS; i++)
    if (blocks[i].used == WHOLE && blocks[i].id == id) return &blocks[i];
  return 0;
}

static struct block *newBlock(unsigned id, unsigned length, int plain) {
  if (length > LARGEST + (plain ? 0 : MAC) || (!plain && length < MAC)) die(BAD_INPUT, "a block is too large or too small", "");
  for (int i = 0; i < BLOCKS; i++) {
    struct block *block = &blocks[i];
    if (block->used != FREE) continue;
    block->used = WHOLE;
    block->id = id;
    block->length = length;
    block->plain = plain;
    block->kept = 0;
    block->peers = 0;
    put32(block->head, id);
    put32(block->head + 4, length);
    return block;
  }
  die(BAD_INPUT, "too many blocks", "");
}

/* Deciphers a block, or fails where anybody has changed a bit of it. */
static void openBlock(const struct block *block, byte *into) {
  crypto_aead_ctx context;
  byte nonce[12] = {0};
  unsigned length = block->length - MAC;
  put32(nonce + 4, block->id);
  crypto_aead_init_ietf(&context, key, nonce);
  if (crypto_aead_read(&context, into, block->bytes + length, 0, 0, block->bytes, length) != 0)
    die(BAD_INPUT, "a block was changed on its way", "");
}

/* ---- Peers that have dialed in ---- */

static struct peer {
  int file; /* negative without one */
  byte expected, secret[2 * HALF];
  struct block *queue[QUEUE];
  unsigned first, count, sent;
} peers[PEERS];

static struct caller {
  int file; /* negative without one */
  unsigned have;
  byte bytes[HALF];
} callers[CALLERS];

static int listener = -1;
static unsigned nextCaller;

static void hangUp(int *file) {
  if (*file >= 0) kernel(CLOSE, *file, 0, 0, 0, 0, 0);
  *file = -1;
}

static void dropPeer(struct peer *peer) {
  hangUp(&peer->file);
  while (peer->count > 0) {
    peer->queue[peer->first]->peers--;
    peer->first = (peer->first + 1) % QUEUE;
    peer->count--;
  }
}

static void give(struct peer *peer) {
  while (peer->count > 0) {
    struct block *block = peer->queue[peer->first];
    int inHead = peer->sent < sizeof block->head;
    const byte *from = inHead ? block->head + peer->sent : block->bytes + peer->sent - sizeof block->head;
    unsigned length = inHead ? sizeof block->head - peer->sent : block->length + sizeof block->head - peer->sent;
    long count = kernel(SENDTO, peer->file, (long)from, length, MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0);
    if (count == INTERRUPTED) continue;
    if (count == AGAIN) return;
    if (count <= 0) return dropPeer(peer);
    peer->sent += count;
    if (peer->sent < sizeof block->head + block->length) continue;
    block->peers--;
    peer->sent = 0;
    peer->first = (peer->first + 1) % QUEUE;
    peer->count--;
  }
}

static void giveBlock(unsigned id, unsigned number) {
  if (number >= PEERS) die(BAD_INPUT, "no such peer", "");
  struct peer *peer = &peers[number];
  struct block *block = findBlock(id);
  if (peer->file < 0) return;
  if (!block || peer->count == QUEUE) return dropPeer(peer);
  block->peers++;
  peer->queue[(peer->first + peer->count++) % QUEUE] = block;
  give(peer);
}

/* Frees what is too old to be kept; a peer that has not taken it by then gets no more. */
static void forgetBefore(unsigned newest) {
  for (int i = 0; i < BLOCKS; i++) {
    struct block *block = &blocks[i];
    if (block->used != WHOLE || block->id + KEPT > newest) continue;
    for (int p = 0; p < PEERS && block->peers > 0; p++)
      for (unsigned q = 0; q < peers[p].count; q++)
        if (peers[p].queue[(peers[p].first + q) % QUEUE] == block) dropPeer(&peers[p]);
    block->used = FREE;
  }
}

struct address {
  unsigned short family;
  byte port[2], host[4], zero[8];
};

static void listenAnywhere(void) {
  static byte table[TABLE];
  struct address address = {AF_INET, {0}, {0}, {0}};
  unsigned size = sizeof address, length = 0;
  long count;
  listener = kernel(SOCKET, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0, 0, 0, 0);
  if (listener < 0 || kernel(BIND, listener, (long)&address, size, 0, 0, 0) < 0 || kernel(LISTEN, listener, PEERS, 0, 0, 0, 0) < 0 ||
      kernel(GETSOCKNAME, listener, (long)&address, (long)&size, 0, 0, 0) < 0)
    die(NO_NETWORK, "no port can be opened", "");
  int file = kernel(OPENAT, AT_FDCWD, (long)"/proc/net/fib_trie", 0, 0, 0, 0);
  if (file < 0) die(NO_NETWORK, "the addresses of this machine are not known", "");
  while (length < TABLE && (count = readSome(file, table + length, TABLE - length)) > 0) length += count;
  kernel(CLOSE, file, 0, 0, 0, 0, 0);
  tell('L', address.port[0] << 8 | address.port[1], table, length);
}

static void sendSoon(int file) {
  int on = 1;
  kernel(SETSOCKOPT, file, IPPROTO_TCP, TCP_NODELAY, (long)&on, sizeof on, 0);
}

static void acceptCaller(void) {
  int file = kernel(ACCEPT4, listener, 0, 0, SOCK_NONBLOCK | O_CLOEXEC, 0, 0);
  if (file < 0) return;
  /* A stranger may call and say nothing: the oldest makes room. */
  struct caller *caller = &callers[nextCaller++ % CALLERS];
  hangUp(&caller->file);
  caller->file = file;
  caller->have = 0;
  sendSoon(file);
}

/* In a time that tells nothing of where they differ. */
static int areEqual(const byte *one, const byte *other) { return crypto_verify32(one, other) == 0; }

static void hear(struct caller *caller) {
  long count = readSome(caller->file, caller->bytes + caller->have, HALF - caller->have);
  if (count == AGAIN) return;
  if (count <= 0) return hangUp(&caller->file);
  caller->have += count;
  if (caller->have < HALF) return;
  for (int i = 0; i < PEERS; i++) {
    struct peer *peer = &peers[i];
    if (!peer->expected || !areEqual(peer->secret, caller->bytes)) continue;
    peer->expected = 0; /* Once. */
    if (kernel(SENDTO, caller->file, (long)peer->secret + HALF, HALF, MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0) != HALF) break;
    peer->file = caller->file;
    caller->file = -1;
    return;
  }
  hangUp(&caller->file);
}

/* ---- The one that is dialed ---- */

static struct attempt {
  int file; /* negative without one */
  byte asked;
  unsigned have;
  byte proof[HALF];
} attempts[ADDRESSES];

static byte ownSecret[2 * HALF];
static int giver = -1, isDialing;
static byte incomingHead[8];
static unsigned incomingHave;
static struct block *incoming;

static void endGiving(const char *reason) {
  hangUp(&giver);
  if (incoming) incoming->used = FREE;
  incoming = 0;
  tellText('N', reason);
}

static void giveUp(struct attempt *attempt) {
  hangUp(&attempt->file);
  for (int i = 0; i < ADDRESSES; i++)
    if (attempts[i].file >= 0) return;
  isDialing = 0;
  tellText('N', "it is not reached there");
}

static void dial(unsigned port, const byte *bytes, unsigned length) {
  if (length < sizeof ownSecret || (length - sizeof ownSecret) % 4) die(BAD_INPUT, "addresses are cut", "");
  for (unsigned i = 0; i < sizeof ownSecret; i++) ownSecret[i] = bytes[i];
  unsigned count = (length - sizeof ownSecret) / 4;
  if (count > ADDRESSES) die(BAD_INPUT, "too many addresses", "");
  isDialing = 1;
  for (unsigned i = 0; i < count; i++) {
    struct address address = {AF_INET, {port >> 8, port}, {0}, {0}};
    for (int j = 0; j < 4; j++) address.host[j] = bytes[sizeof ownSecret + 4 * i + j];
    int file = kernel(SOCKET, AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0, 0, 0, 0);
    if (file < 0) die(NO_NETWORK, "there is no socket to be had", "");
    sendSoon(file);
    long outcome = kernel(CONNECT, file, (long)&address, sizeof address, 0, 0, 0);
    if (outcome < 0 && outcome != IN_PROGRESS) hangUp(&file);
    attempts[i] = (struct attempt){.file = file};
  }
  for (unsigned i = 0; i < ADDRESSES; i++)
    if (attempts[i].file >= 0) return;
  isDialing = 0;
  tellText('N', "it is not reached there");
}

static void ask(struct attempt *attempt) {
  int error = 0;
  unsigned size = sizeof error;
  kernel(GETSOCKOPT, attempt->file, SOL_SOCKET, SO_ERROR, (long)&error, (long)&size, 0);
  if (error || kernel(SENDTO, attempt->file, (long)ownSecret, HALF, MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0) != HALF) return giveUp(attempt);
  attempt->asked = 1;
}

static void hearProof(struct attempt *attempt) {
  long count = readSome(attempt->file, attempt->proof + attempt->have, HALF - attempt->have);
  if (count == AGAIN) return;
  if (count <= 0) return giveUp(attempt);
  attempt->have += count;
  if (attempt->have < HALF) return;
  if (!areEqual(attempt->proof, ownSecret + HALF)) return giveUp(attempt);
  giver = attempt->file;
  attempt->file = -1;
  for (int i = 0; i < ADDRESSES; i++) hangUp(&attempts[i].file);
  isDialing = 0;
  tell('C', 0, 0, 0);
}

static void receive(void) {
  long count;
  if (!incoming) {
    count = readSome(giver, incomingHead + incomingHave, sizeof incomingHead - incomingHave);
    if (count == AGAIN) return;
    if (count <= 0) return endGiving("it gives no more");
    incomingHave += count;
    if (incomingHave < sizeof incomingHead) return;
    unsigned length = get32(incomingHead + 4);
    if (length < MAC || length > LARGEST + MAC) return endGiving("what it gives is no block");
    incoming = newBlock(get32(incomingHead), length, 0);
    incoming->used = COMING;
    incomingHave = 0;
  }
  count = readSome(giver, incoming->bytes + incomingHave, incoming->length - incomingHave);
  if (count == AGAIN) return;
  if (count <= 0) return endGiving("it gives no more");
  incomingHave += count;
  if (incomingHave < incoming->length) return;
  struct block *whole = incoming;
  incoming = 0;
  incomingHave = 0;
  unsigned id = whole->id;
  whole->used = findBlock(id) ? FREE : WHOLE;
  tell('V', id, 0, 0);
}

/* ---- Connections to the engine ---- */

enum { FRONT = 16 };

static struct buffer {
  byte used;
  byte bytes[FRONT + LARGEST + 2];
} buffers[BUFFERS];

struct item {
  struct buffer *buffer; /* none for a block that is still awaited */
  unsigned block, from, to;
};

static struct connection {
  int file; /* negative without one */
  struct item queue[QUEUE];
  unsigned first, count;
} connections[CONNECTIONS];

static struct buffer *newBuffer(void) {
  for (int i = 0; i < BUFFERS; i++) {
    if (buffers[i].used) continue;
    buffers[i].used = 1;
    return &buffers[i];
  }
  die(BAD_INPUT, "too much is given at once", "");
}

static struct connection *connectionOf(unsigned number) {
  if (number >= CONNECTIONS) die(BAD_INPUT, "no such connection", "");
  return &connections[number];
}

static void forgetItems(struct connection *connection) {
  for (; connection->count > 0; connection->count--) {
    struct buffer *buffer = connection->queue[connection->first].buffer;
    if (buffer) buffer->used = 0;
    connection->first = (connection->first + 1) % QUEUE;
  }
}

static void closeConnection(struct connection *connection) {
  hangUp(&connection->file);
  forgetItems(connection);
}

static void openConnection(unsigned number, const char *path) {
  struct connection *connection = connectionOf(number);
  if (connection->file >= 0) die(BAD_INPUT, "a connection is open already", "");
  connection->file = connectToEngine(path);
}

/* A block as a chunk: its length in front, a line's end behind it. */
static int fetch(struct item *item) {
  struct block *block = findBlock(item->block);
  if (!block) return 0;
  struct buffer *buffer = newBuffer();
  unsigned length = block->plain ? block->length : block->length - MAC, at = FRONT;
  if (block->plain)
    for (unsigned i = 0; i < length; i++) buffer->bytes[FRONT + i] = block->bytes[i];
  else
    openBlock(block, buffer->bytes + FRONT);
  buffer->bytes[FRONT + length] = '\r';
  buffer->bytes[FRONT + length + 1] = '\n';
  buffer->bytes[--at] = '\n';
  buffer->bytes[--at] = '\r';
  for (unsigned rest = length; rest > 0; rest >>= 4) buffer->bytes[--at] = "0123456789abcdef"[rest & 15];
  if (!block->kept) block->used = FREE;
  *item = (struct item){buffer, 0, at, FRONT + length + 2};
  return 1;
}

static void advance(unsigned number) {
  struct connection *connection = &connections[number];
  while (connection->file >= 0 && connection->count > 0) {
    struct item *item = &connection->queue[connection->first];
    if (!item->buffer && !fetch(item)) return;
    long count = kernel(SENDTO, connection->file, (long)item->buffer->bytes + item->from, item->to - item->from, MSG_NOSIGNAL | MSG_DONTWAIT, 0, 0);
    if (count == INTERRUPTED) continue;
    if (count == AGAIN) return;
    /* Where it takes no more, the reason may be in its answer, which ends the connection. */
    if (count <= 0) return forgetItems(connection);
    item->from += count;
    if (item->from < item->to) continue;
    item->buffer->used = 0;
    connection->first = (connection->first + 1) % QUEUE;
    connection->count--;
    tell('D', number, 0, 0);
  }
}

static void enqueue(unsigned number, struct item item) {
  struct connection *connection = connectionOf(number);
  if (connection->file < 0) {
    if (item.buffer) item.buffer->used = 0;
    return;
  }
  if (connection->count == QUEUE) die(BAD_INPUT, "too much is given at once", "");
  /* At once where it is here, since it is not kept for long. */
  if (!item.buffer) fetch(&item);
  connection->queue[(connection->first + connection->count++) % QUEUE] = item;
  advance(number);
}

static void hearEngine(unsigned number) {
  static byte answer[1 << 14];
  struct connection *connection = &connections[number];
  long count = readSome(connection->file, answer, sizeof answer);
  if (count > 0) return tell('R', number, answer, count);
  closeConnection(connection);
  tell('E', number, 0, 0);
}

/* ---- Input ---- */

static byte frame[13], small[1 << 10];
static unsigned frameHave, payloadHave;
static byte *payload;
static struct block *inputBlock;
static struct buffer *inputBuffer;

static void beginPayload(unsigned a, unsigned length) {
  payload = small;
  payloadHave = 0;
  switch (frame[0]) {
    case 'W':
      if (length > LARGEST) die(BAD_INPUT, "too much is given at once", "");
      inputBuffer = newBuffer();
      payload = inputBuffer->bytes;
      break;
    case 'B':
      forgetBefore(a);
      inputBlock = newBlock(a, length, 0);
      inputBlock->kept = 1;
      inputBlock->used = COMING;
      payload = inputBlock->bytes;
      break;
    case 'I': {
      struct block *late = findBlock(a);
      if (late) late->used = FREE;
      if (giver >= 0) hangUp(&giver);
      if (incoming) incoming->used = FREE;
      incoming = 0;
      inputBlock = newBlock(a, length, 1);
      /* What waits for it is not given what has not come. */
      inputBlock->used = COMING;
      payload = inputBlock->bytes;
      break;
    }
    default:
      if (length > sizeof small) die(BAD_INPUT, "too much is given at once", "");
  }
}

static void carryOut(unsigned a, unsigned b, unsigned length, const char *path) {
  switch (frame[0]) {
    case 'K':
      if (length != sizeof key) die(BAD_INPUT, "no key", "");
      for (unsigned i = 0; i < sizeof key; i++) key[i] = small[i];
      break;
    case 'L':
      listenAnywhere();
      break;
    case 'P':
      if (a >= PEERS || length != sizeof peers[a].secret) die(BAD_INPUT, "no such peer", "");
      for (unsigned i = 0; i < length; i++) peers[a].secret[i] = small[i];
      peers[a].expected = 1;
      break;
    case 'C':
      dial(a, small, length);
      break;
    case 'O':
      openConnection(a, path);
      break;
    case 'W':
      enqueue(a, (struct item){inputBuffer, 0, 0, length});
      break;
    case 'B':
      inputBlock->used = WHOLE;
      tell('V', a, 0, 0);
      break;
    case 'F':
      giveBlock(a, b);
      break;
    case 'T':
      enqueue(a, (struct item){0, b, 0, 0});
      break;
    case 'I':
      inputBlock->used = WHOLE;
      break;
    case 'X':
      if (connectionOf(a)->file < 0) break;
      closeConnection(connectionOf(a));
      tell('E', a, 0, 0);
      break;
    default:
      die(BAD_INPUT, "a frame is unknown", "");
  }
}

static void readInput(const char *path) {
  int inHead = frameHave < sizeof frame;
  unsigned length = inHead ? 0 : get32(frame + 9);
  long count = inHead ? readSome(0, frame + frameHave, sizeof frame - frameHave) : readSome(0, payload + payloadHave, length - payloadHave);
  if (count <= 0) kernel(EXIT_GROUP, count < 0 ? INPUT_ENDED : 0, 0, 0, 0, 0, 0);
  unsigned a = get32(frame + 1);
  if (inHead) {
    frameHave += count;
    if (frameHave < sizeof frame) return;
    length = get32(frame + 9);
    beginPayload(get32(frame + 1), length);
    a = get32(frame + 1);
  } else {
    payloadHave += count;
  }
  if (payloadHave < length) return;
  frameHave = 0;
  carryOut(a, get32(frame + 5), length, path);
}

/* ---- All of it ---- */

struct waiting {
  int file;
  short wanted, ready;
};

static struct waiting waiting[3 + CONNECTIONS + PEERS + CALLERS + ADDRESSES];

static void await(void) {
  struct waiting *next = waiting;
  *next++ = (struct waiting){0, POLLIN, 0};
  *next++ = (struct waiting){listener, POLLIN, 0};
  *next++ = (struct waiting){giver, POLLIN, 0};
  for (int i = 0; i < CONNECTIONS; i++) {
    struct connection *connection = &connections[i];
    int isReady = connection->count > 0 && (connection->queue[connection->first].buffer || findBlock(connection->queue[connection->first].block));
    *next++ = (struct waiting){connection->file, POLLIN | (isReady ? POLLOUT : 0), 0};
  }
  for (int i = 0; i < PEERS; i++) *next++ = (struct waiting){peers[i].file, POLLIN | (peers[i].count ? POLLOUT : 0), 0};
  for (int i = 0; i < CALLERS; i++) *next++ = (struct waiting){callers[i].file, POLLIN, 0};
  for (int i = 0; i < ADDRESSES; i++) *next++ = (struct waiting){attempts[i].file, attempts[i].asked ? POLLIN : POLLOUT, 0};
  while (kernel(PPOLL, (long)waiting, next - waiting, 0, 0, 0, 0) == INTERRUPTED) continue;
}

/* A peer has nothing to say: whatever comes is its end. */
static void serve(struct peer *peer, short ready) {
  if (ready & POLLOUT) give(peer);
  if (peer->file >= 0 && (ready & ~POLLOUT)) dropPeer(peer);
}

__attribute__((used, noreturn)) void run(number *stack) {
  char **arguments = (char **)(stack + 1);
  if (stack[0] != 2) die(BAD_INPUT, "usage: relay SOCKET", "");
  for (int i = 0; i < PEERS; i++) peers[i].file = -1;
  for (int i = 0; i < CALLERS; i++) callers[i].file = -1;
  for (int i = 0; i < ADDRESSES; i++) attempts[i].file = -1;
  for (int i = 0; i < CONNECTIONS; i++) connections[i].file = -1;
  for (;;) {
    await();
    struct waiting *next = waiting;
    if (next++->ready) readInput(arguments[1]);
    if (next++->ready) acceptCaller();
    if (next++->ready && giver >= 0) receive();
    for (int i = 0; i < CONNECTIONS; i++, next++) {
      if (next->file < 0 || next->file != connections[i].file) continue;
      if (next->ready & POLLOUT) advance(i);
      if (connections[i].file >= 0 && (next->ready & ~POLLOUT)) hearEngine(i);
    }
    for (int i = 0; i < PEERS; i++, next++)
      if (next->ready && peers[i].file == next->file) serve(&peers[i], next->ready);
    for (int i = 0; i < CALLERS; i++, next++)
      if (next->ready && callers[i].file == next->file) hear(&callers[i]);
    for (int i = 0; i < ADDRESSES; i++, next++) {
      if (!next->ready || attempts[i].file != next->file) continue;
      if (attempts[i].asked) hearProof(&attempts[i]);
      else ask(&attempts[i]);
    }
  }
}
