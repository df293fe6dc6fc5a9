/**
 * `/nebula/message/1.0.0`: messages between linked peers. See `README.md` for
 * the specification.
 */
export { MessageProtocol } from './message-protocol.ts'
export { decodeEnvelope, encodeEnvelope } from './codec.ts'
export { signMessage, verifyMessage } from './signature.ts'
export {
  InvalidAckError,
  InvalidEnvelopeError,
  MessageDroppedError,
  MessageTooLargeError,
  OutboxClosedError,
  UnacknowledgedError
} from './errors.ts'
export type { VerifyOptions } from './signature.ts'
export type { Ack, Envelope, MessagePriority, OutboxSendOptions } from './types.ts'
export type { Outbox } from './outbox.ts'
