import type { PenaltyName } from './terms.ts'

/** Which penalty an error that a peer has caused stands for, by the error's name. */
const PENALTY_BY_ERROR: Readonly<Record<string, PenaltyName>> = {
  ForgedMessageError: 'badSignature',
  ForgedAcknowledgementError: 'badSignature',
  InvalidModelHeaderError: 'badSignature',
  InvalidMessageError: 'invalidMessage',
  InvalidEnvelopeError: 'invalidMessage',
  InvalidFrameError: 'invalidMessage',
  ModelProtocolError: 'invalidMessage',
  ProxyProtocolError: 'invalidMessage',
  FrameTooLargeError: 'oversize',
  InvalidChunkError: 'invalidChunk',
  InvalidPayloadError: 'bomb',
  FrameTimeoutError: 'slow',
  WriteTimeoutError: 'slow',
  ProxyTimeoutError: 'slow',
  ModelTimeoutError: 'transfer',
  ModelTransferError: 'transfer',
  HandshakeTimeoutError: 'halfOpen',
  HandshakeProtocolError: 'handshake',
  AttemptRateError: 'flapping'
}

/** The state machine of the handshake reports a frame out of place without an error. */
export function violationKind(error?: Error): PenaltyName {
  return (error == null ? undefined : PENALTY_BY_ERROR[error.name]) ?? 'handshake'
}
