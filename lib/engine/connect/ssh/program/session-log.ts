/** What ssh itself has logged of one session, at level DEBUG2, into a file of ours. */
export interface SessionState {
  /** The server has opened the session. */
  opened: boolean;
  /** The server opens no more sessions in that login. */
  refused: boolean;
  /**
   * The program's own exit status has arrived. ssh then ends with it, even if it is 255, which otherwise means a
   * failure of ssh itself.
   */
  exited: boolean;
  /** A signal has ended the program. Only a session in a login of its own logs that. */
  signalled: boolean;
}

export function readSessionLog(log: string): SessionState {
  return {
    // First form: a session in a shared login (control master); second: in a login of its own.
    opened: /^debug1: (mux_client_request_session: master session id|Entering interactive session)/m.test(
      log,
    ),
    refused: /^mux_client_request_session: session request failed: /m.test(log),
    exited: /^debug2: Received exit status from master |^debug1: Exit status /m.test(log),
    signalled: /^debug1: client_input_channel_req: .* rtype exit-signal /m.test(log),
  };
}
