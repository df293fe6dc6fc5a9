/**
 * `model` and `offer_model` messages as models: what carries parameters does
 * not travel as a message.
 */
import { nebula } from '../../proto/nebula.js'
import { MalformedMessageError } from '../messages/errors.ts'
import { carriesModel } from '../messages/field-names.ts'
import { validateMessage } from '../messages/validate.ts'
import type { NewModel, ReceivedOffer } from './types.ts'
import type { Message } from '../messages/index.ts'

export type ModelMessage = Message<'model'> | Message<'offer'>

/** Whether the message carries parameters. */
export function isModelMessage(message: Message): message is ModelMessage {
  return carriesModel(message.type, message.action)
}

/** @throws {InvalidMessageError} when the message is not what its type says */
export function modelOf(message: ModelMessage): NewModel {
  validateMessage(message)

  if (message.type === 'model') {
    const { parameters, round, weight } = message.fields

    return { payload: parameters, round, weight }
  }

  const { parameters, ...fields } = message.fields

  return { payload: parameters, round: fields.round, kind: 'offer', details: encodeOffer(fields) }
}

/** An offer's fields but its parameters, as NEBULA's `OfferMessage`. */
export function encodeOffer(fields: ReceivedOffer['fields']): Uint8Array {
  return nebula.OfferMessage.encode({
    action: nebula.OfferMessage.Action.OFFER_MODEL,
    parameters: new Uint8Array(0),
    ...fields
  })
}

/** @throws {MalformedMessageError} when the bytes are no offer */
export function decodeOffer(details: Uint8Array): ReceivedOffer['fields'] {
  try {
    const { nNeighbors, loss, rounds, round, epochs } = nebula.OfferMessage.decode(details)

    return { nNeighbors, loss, rounds, round, epochs }
  } catch (cause) {
    throw new MalformedMessageError('Details of the offer cannot be decoded', { cause })
  }
}
