import { fromString } from 'uint8arrays/from-string'
import { toString } from 'uint8arrays/to-string'
import { nebula_model as pb } from '../../proto/model.js'
import { ModelProtocolError } from './errors.ts'
import {
  CONTENT_ID_BYTES,
  MAX_CONTROL_FRAME_BYTES,
  MAX_HEADER_BYTES,
  MAX_RANGES,
  MAX_SIGNATURE_BYTES
} from './limits.ts'
import type { Answer, ModelFrame, Status } from './types.ts'
import type { Uint8ArrayList } from 'uint8arraylist'

/** An offer: the header, the signature, and what frames them. */
const MAX_OFFER_FRAME_BYTES = MAX_HEADER_BYTES + MAX_SIGNATURE_BYTES + 32

const LIMITS = {
  want: { ranges: MAX_RANGES },
  answer: { ranges: MAX_RANGES },
  request: { ranges: MAX_RANGES }
}

/** An answer; what is left out is empty. */
export function answer(status: Status, fields: Partial<Omit<Answer, 'type' | 'status'>> = {}): Answer {
  return { type: 'answer', status, reason: 'UNSPECIFIED', complete: false, ranges: [], ...fields }
}

export function encodeFrame(frame: ModelFrame): Uint8Array {
  switch (frame.type) {
    case 'offer':
      return pb.ModelFrame.encode({
        offer: {
          header: Uint8Array.from(frame.header),
          signature: Uint8Array.from(frame.signature),
          complete: frame.complete
        }
      })
    case 'want':
      return pb.ModelFrame.encode({
        want: {
          id: Uint8Array.from(fromString(frame.id, 'base16')),
          header: frame.header,
          ranges: frame.ranges
        }
      })
    case 'answer':
      return pb.ModelFrame.encode({
        answer: {
          status: pb.Status[frame.status],
          reason: pb.Reason[frame.reason],
          complete: frame.complete,
          ranges: frame.ranges
        }
      })
    case 'request':
      return pb.ModelFrame.encode({ request: { ranges: frame.ranges } })
    case 'chunk':
      return pb.ModelFrame.encode({ chunk: { index: frame.index } })
    case 'complete':
      return pb.ModelFrame.encode({ complete: {} })
    case 'cancel':
      return pb.ModelFrame.encode({ cancel: { reason: pb.Reason[frame.reason] } })
  }
}

/**
 * Reads a frame; ranges are not compared with a model here.
 *
 * @throws {ModelProtocolError} when the bytes are no frame or a field is outside its limits
 */
export function decodeFrame(bytes: Uint8Array | Uint8ArrayList): ModelFrame {
  if (bytes.byteLength > MAX_OFFER_FRAME_BYTES) {
    throw new ModelProtocolError(`Frame has ${bytes.byteLength} bytes`)
  }

  const frame = read(decode(bytes))

  if (frame.type !== 'offer' && bytes.byteLength > MAX_CONTROL_FRAME_BYTES) {
    throw new ModelProtocolError(
      `Frame has ${bytes.byteLength} bytes, at most ${MAX_CONTROL_FRAME_BYTES} are allowed`
    )
  }

  return frame
}

function decode(bytes: Uint8Array | Uint8ArrayList): pb.ModelFrame {
  try {
    return pb.ModelFrame.decode(bytes, { limits: LIMITS })
  } catch (cause) {
    throw new ModelProtocolError('Frame is not a model frame', { cause })
  }
}

function read(frame: pb.ModelFrame): ModelFrame {
  if (frame.offer != null) {
    return {
      type: 'offer',
      header: frame.offer.header,
      signature: frame.offer.signature,
      complete: frame.offer.complete
    }
  }

  if (frame.want != null) {
    if (frame.want.id.byteLength !== CONTENT_ID_BYTES) {
      throw new ModelProtocolError(`Content id has ${frame.want.id.byteLength} bytes`)
    }

    return {
      type: 'want',
      id: toString(frame.want.id, 'base16'),
      header: frame.want.header,
      ranges: frame.want.ranges
    }
  }

  if (frame.answer != null) {
    return {
      type: 'answer',
      status: frame.answer.status,
      reason: frame.answer.reason,
      complete: frame.answer.complete,
      ranges: frame.answer.ranges
    }
  }

  if (frame.request != null) {
    return { type: 'request', ranges: frame.request.ranges }
  }

  if (frame.chunk != null) {
    return { type: 'chunk', index: frame.chunk.index }
  }

  if (frame.complete != null) {
    return { type: 'complete' }
  }

  if (frame.cancel != null) {
    return { type: 'cancel', reason: frame.cancel.reason }
  }

  throw new ModelProtocolError('Frame is empty')
}
