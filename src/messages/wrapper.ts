import { InvalidMessageError } from '@libp2p/interface'
import { nebula } from '../../proto/nebula.js'
import { DEFINITIONS, MESSAGE_TYPES } from './definitions.ts'
import type { Message } from './types.ts'
import type { Uint8ArrayList } from 'uint8arraylist'

/** A message as it stands on the wire: who wrote it, and what. */
export interface WrappedMessage {
  /** The origin's PeerId as text. */
  source: string
  message: Message
}

/** Writes the bytes of NEBULA's `Wrapper`. */
export function encodeWrapper({ source, message }: WrappedMessage): Uint8Array<ArrayBuffer> {
  const body =
    message.action === '' ? message.fields : { ...message.fields, action: message.action.toUpperCase() }

  return nebula.Wrapper.encode({ source, [DEFINITIONS[message.type].wire]: body })
}

/**
 * Reads the bytes of a `Wrapper`.
 *
 * @throws {InvalidMessageError} when they are none, or nothing is inside
 */
export function decodeWrapper(bytes: Uint8Array | Uint8ArrayList): WrappedMessage {
  let wrapper: nebula.Wrapper

  try {
    wrapper = nebula.Wrapper.decode(bytes)
  } catch (cause) {
    throw Object.assign(new InvalidMessageError('Message is not a Wrapper'), { cause })
  }

  for (const type of MESSAGE_TYPES) {
    const body = wrapper[DEFINITIONS[type].wire]

    if (body != null) {
      const { action = '', ...fields } = { ...body } as { action?: string }

      // the codec has checked action and fields against the schema that the definitions mirror
      return { source: wrapper.source, message: { type, action: action.toLowerCase(), fields } as Message }
    }
  }

  throw new InvalidMessageError('Wrapper is empty')
}
