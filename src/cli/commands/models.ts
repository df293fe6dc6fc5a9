import { resolve } from 'node:path'
import { MODEL_TIMEOUT_MS } from '../../http/constants.ts'
import { ControlClient } from '../control-client.ts'
import { dataDirOf } from '../data-dir.ts'
import { ModelNotFoundError } from '../errors.ts'
import { formatBytes, formatTable } from '../format.ts'
import { resolvePeer } from '../peer-argument.ts'
import { linksOf } from './peers.ts'
import type { Context } from '../context.ts'
import type { OptionsOf } from '../invocation.ts'

interface ModelJson {
  id: string
  source: string
  kind: string
  round: number
  weight: string
  size: number
}

const HEAD = ['ID', 'FROM', 'KIND', 'ROUND', 'WEIGHT', 'SIZE']

/** Characters that name a model when no other begins with them. */
const MIN_ID_LENGTH = 6

/** Lists the models that are kept, sends a file as one, or writes one to a file. */
export async function models(options: OptionsOf<'models'>, context: Context): Promise<number> {
  // the node gives up first and says why
  const answerTimeout = MODEL_TIMEOUT_MS + 5_000
  const client = await ControlClient.open(await dataDirOf(options, context), { answerTimeout })

  if (options.action === 'send') {
    const links = await linksOf(client)
    const peer = resolvePeer(
      options.peer,
      links.map((link) => link.peer)
    )
    const { round, weight } = options
    const path = resolve(options.file)
    const { outcome } = await client.call<{ outcome: string }>('POST', '/models/send', {
      peer,
      path,
      round,
      weight
    })

    context.stdout.write(`${OUTCOMES[outcome] ?? outcome} ${peer}\n`)

    return 0
  }

  const { models: kept } = await client.call<{ models: ModelJson[] }>('GET', '/models')

  if (options.action === 'save') {
    const path = resolve(options.file)
    const { id, size } = await client.call<ModelJson>('POST', '/models/save', {
      id: resolveModel(options.id, kept),
      path
    })

    context.stdout.write(`saved ${id}, ${size} bytes, to ${path}\n`)

    return 0
  }

  context.stdout.write(`${options.json ? JSON.stringify(kept) : modelsTable(kept)}\n`)

  return 0
}

const OUTCOMES: Record<string, string> = {
  delivered: 'delivered to',
  have: 'had already by',
  pending: 'being had from another by'
}

export function modelsTable(kept: readonly ModelJson[]): string {
  if (kept.length === 0) {
    return 'no models'
  }

  return formatTable([
    HEAD,
    ...kept.map(({ id, source, kind, round, weight, size }) => [
      id,
      source,
      kind,
      String(round),
      weight,
      formatBytes(size)
    ])
  ])
}

/**
 * The whole id of the model that begins so.
 *
 * @throws {ModelNotFoundError} when it is none's, or several models'
 */
export function resolveModel(text: string, kept: readonly Pick<ModelJson, 'id'>[]): string {
  const found = kept.filter(({ id }) => id.startsWith(text.toLowerCase()))
  const [model] = found

  if (text.length < MIN_ID_LENGTH || model == null) {
    throw new ModelNotFoundError(`no model ${JSON.stringify(text)} is kept; "nebula models" lists them`)
  }

  if (found.length > 1) {
    throw new ModelNotFoundError(`${found.length} models begin with ${JSON.stringify(text)}`)
  }

  return model.id
}
