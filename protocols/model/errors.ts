import { StallError, ViolationError } from '../errors.ts'
import type { Reason } from './types.ts'

/** The peer broke the protocol: a malformed frame, or one that has no place in the state. */
export class ModelProtocolError extends ViolationError {
  readonly violation = 'invalidMessage'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ModelProtocolError'
  }
}

/** A header is malformed, outside the limits, or not signed by its origin. */
export class InvalidModelHeaderError extends ViolationError {
  readonly violation = 'badSignature'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'InvalidModelHeaderError'
  }
}

/** A chunk is not what the header says; it was the peer that sent it who made it so. */
export class InvalidChunkError extends ViolationError {
  readonly violation = 'invalidChunk'
  readonly index: number

  constructor(index: number, message: string) {
    super(message)
    this.name = 'InvalidChunkError'
    this.index = index
  }
}

/** The payload cannot be decompressed to what its header says; its origin made it so. */
export class InvalidPayloadError extends ViolationError {
  readonly violation = 'bomb'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'InvalidPayloadError'
  }
}

/** A model is larger than this node sends or takes. */
export class ModelTooLargeError extends Error {
  readonly limit: number

  constructor(limit: number, message = `Model has more than ${limit} bytes`) {
    super(message)
    this.name = 'ModelTooLargeError'
    this.limit = limit
  }
}

/** The other end refused the model or gave the transfer up; `reason` says why. */
export class ModelRefusedError extends Error {
  readonly reason: Reason

  constructor(reason: Reason, message: string) {
    super(message)
    this.name = 'ModelRefusedError'
    this.reason = reason
  }
}

/** The other end did not answer or did not go on in time. */
export class ModelTimeoutError extends StallError {
  readonly violation = 'transfer'

  constructor(message: string) {
    super(message)
    this.name = 'ModelTimeoutError'
  }
}

/** The sink took the model and then asked for nothing, nor said that it gets it from another. */
export class SilentSinkError extends Error {
  constructor(message = 'The peer accepted the model and asks for nothing') {
    super(message)
    this.name = 'SilentSinkError'
  }
}

/** The other end left without having got or given all. */
export class ModelStreamEndedError extends Error {
  constructor(message = 'The peer ended the transfer without a word') {
    super(message)
    this.name = 'ModelStreamEndedError'
  }
}
