import { dataDirOf } from '../data-dir.ts'
import type { Context } from '../context.ts'
import type { OptionsOf } from '../invocation.ts'

/** Works without a running node: the identity is in the data directory. */
export async function id(options: OptionsOf<'id'>, context: Context): Promise<number> {
  const dataDir = await dataDirOf(options, context)
  const { readPeerId } = await import('../../node/data-dir.ts')
  const peerId = (await readPeerId(dataDir)).toString()

  context.stdout.write(options.json ? `${JSON.stringify({ peerId })}\n` : `${peerId}\n`)

  return 0
}
