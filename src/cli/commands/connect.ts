import { ControlClient } from '../control-client.ts'
import { dataDirOf } from '../data-dir.ts'
import { ControlApiError, UsageError } from '../errors.ts'
import { printable } from '../format.ts'
import type { LinkJson } from '../../http/event-json.ts'
import type { Context } from '../context.ts'
import type { ConnectOptions, OptionsOf } from '../invocation.ts'

export async function connect(options: OptionsOf<'connect'>, context: Context): Promise<number> {
  const { multiaddr, direct, priority } = options

  await checkMultiaddr(multiaddr)

  const client = await ControlClient.open(await dataDirOf(options, context))
  const link = await linkWith(client, { multiaddr, direct, priority })
  const kind = link.direct ? 'direct' : 'undirected'

  context.stdout.write(`linked with ${link.peer} (${kind}) ${printable(link.address)}\n`)

  return 0
}

async function linkWith(
  client: ControlClient,
  body: Pick<ConnectOptions, 'multiaddr' | 'direct' | 'priority'>
): Promise<LinkJson> {
  try {
    return await client.call<LinkJson>('POST', '/connect', body)
  } catch (error) {
    if (error instanceof ControlApiError) {
      error.message = `cannot link with ${body.multiaddr}: ${error.message}`
    }

    throw error
  }
}

/** Before the node is asked: the mistake is the command line's. */
async function checkMultiaddr(text: string): Promise<void> {
  const { parseMultiaddr } = await import('../../http/parse.ts')

  try {
    parseMultiaddr(text)
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error })
  }
}
