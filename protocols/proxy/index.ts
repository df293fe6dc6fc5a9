/**
 * `/nebula/proxy/1.0.0`: messages to a named peer by way of others, with an
 * acknowledgement of the peer itself. See `README.md` for the specification.
 */
export { acknowledge, verifyAcknowledgement } from './acknowledgement.ts'
export { ForgedAcknowledgementError, ProxyProtocolError } from './errors.ts'
export { answerOf } from './codec.ts'
export { ProxyProtocol } from './proxy-protocol.ts'
export type { AcknowledgedFields } from './acknowledgement.ts'
export type { Answer, Delivery, ProxyStatus, ReceivedDelivery } from './types.ts'
export type { ProxyProtocolInit } from './proxy-protocol.ts'
