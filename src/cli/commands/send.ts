import { DEFINITIONS, MESSAGE_TYPES, isMessageType } from '../../messages/definitions.ts'
import { carriesModel, fieldNamed } from '../../messages/field-names.ts'
import { ControlClient } from '../control-client.ts'
import { dataDirOf } from '../data-dir.ts'
import { UsageError } from '../errors.ts'
import { resolvePeer } from '../peer-argument.ts'
import { linksOf } from './peers.ts'
import type { FieldKind } from '../../messages/definitions.ts'
import type { Context } from '../context.ts'
import type { OptionsOf, SendOptions } from '../invocation.ts'

export async function send(options: OptionsOf<'send'>, context: Context): Promise<number> {
  const message = messageJson(options)
  const client = await ControlClient.open(await dataDirOf(options, context))
  const links = await linksOf(client)
  const linked = links.map((link) => link.peer)
  const peer = resolvePeer(options.peer, linked)
  const via = options.via == null ? undefined : resolvePeer(options.via, linked)
  const sent = await client.call<{ type: string; action: string }>('POST', '/send', { peer, via, ...message })
  const name = [sent.type, sent.action].filter((part) => part !== '').join(' ')

  context.stdout.write(via == null ? `sent ${name} to ${peer}\n` : `${peer} has ${name}, by way of ${via}\n`)

  return 0
}

/**
 * The message as the control API takes it.
 *
 * @throws {UsageError} for an unknown type, action or key, a value that does not fit its key, or a model that is missing
 */
export function messageJson({ type, action, fields }: Omit<SendOptions, 'peer' | 'via'>) {
  if (!isMessageType(type)) {
    throw new UsageError(
      `unknown message type ${JSON.stringify(type)}; known are ${MESSAGE_TYPES.join(', ')}`
    )
  }

  const { actions, kinds } = DEFINITIONS[type]

  if (action != null && !actions.some((known) => known === action)) {
    throw new UsageError(
      `unknown action ${JSON.stringify(action)} of ${type}; known are ${actions.join(', ') || 'none'}`
    )
  }

  const json: Record<string, unknown> = {}

  for (const [key, text] of fields) {
    const field = fieldNamed(type, key)

    if (field == null) {
      throw new UsageError(
        `unknown key ${JSON.stringify(key)} of ${type}; known are ${Object.keys(kinds).join(', ') || 'none'}`
      )
    }

    const { name, kind } = field
    const list = Array.isArray(json[name]) ? (json[name] as unknown[]) : []

    json[name] = kind === 'strings' ? [...list, text] : valueOf(kind, key, text)
  }

  if (carriesModel(type, action) && json['parameters'] == null) {
    throw new UsageError(
      `${type} needs its model, parameters=BASE64; a file is sent by: nebula models send PEER FILE --round N`
    )
  }

  return { type, action, fields: json }
}

/** Bytes are given in base64, as the API has them. */
function valueOf(kind: FieldKind, key: string, text: string): unknown {
  if (kind !== 'float' && kind !== 'int32' && kind !== 'int64') {
    return text
  }

  const pattern = kind === 'float' ? /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i : /^-?\d+$/

  if (!pattern.test(text)) {
    throw new UsageError(
      `${key} takes a ${kind === 'float' ? 'number' : 'whole number'}, not ${JSON.stringify(text)}`
    )
  }

  return kind === 'int64' ? text : Number(text)
}
