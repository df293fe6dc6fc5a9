import type { Outgoing } from './outgoing.ts'

export interface SendAgainOptions {
  /** Sends; resolves with what the peer knows of, when it took the message for a replay. */
  send(outgoing: Outgoing): Promise<bigint | undefined>
  /** Whether the peer passes the message on. */
  isPassedOn(): boolean
  /** The next number. */
  take(): bigint
}

/**
 * Sends a message, and once more under a greater number when the peer has not
 * passed it on because it took it for a replay. A peer that says so each time
 * is sent each message twice, and no more.
 */
export async function sendAgain(
  outgoing: Outgoing,
  { send, isPassedOn, take }: SendAgainOptions
): Promise<void> {
  const beyond = await send(outgoing)
  const again = beyond == null || !isPassedOn() ? undefined : outgoing.beyond(beyond, take)

  if (again != null) {
    await send(again)
  }
}
