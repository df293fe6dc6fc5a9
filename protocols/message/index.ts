/**
 * `/nebula/message/1.0.0`: messages between linked peers. See `README.md` for
 * the specification.
 */
export { MessageProtocol } from './message-protocol.ts'
export { decodeEnvelope, encodeEnvelope } from './codec.ts'
export { signMessage, verifyMessage } from './signature.ts'
export {
  InvalidEnvelopeError,
  MessageDroppedError,
  MessageTooLargeError,
  OutboxClosedError
} from './errors.ts'
export type { Envelope, MessagePriority } from './types.ts'
export type { Outbox, OutboxSendOptions } from './outbox.ts'
