import { ControlClient } from '../control-client.ts'
import { dataDirOf } from '../data-dir.ts'
import { resolvePeer } from '../peer-argument.ts'
import { allLinksOf } from './peers.ts'
import type { Context } from '../context.ts'
import type { OptionsOf } from '../invocation.ts'

export async function disconnect(options: OptionsOf<'disconnect'>, context: Context): Promise<number> {
  const client = await ControlClient.open(await dataDirOf(options, context))
  const links = await allLinksOf(client)
  const peer = resolvePeer(
    options.peer,
    links.map((link) => link.peer)
  )

  await client.call('POST', '/disconnect', { peer, forced: options.blacklist })
  context.stdout.write(options.blacklist ? `${peer} is shut out\n` : `the link with ${peer} has ended\n`)

  return 0
}
