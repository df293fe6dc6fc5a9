import { ControlClient } from '../control-client.ts'
import { dataDirOf } from '../data-dir.ts'
import type { Context } from '../context.ts'
import type { OptionsOf } from '../invocation.ts'

const PATH = '/external-connection-service'

interface ServiceJson {
  running: boolean
}

/** Says whether the node looks for others on the LAN and answers them, after changing it where that is asked. */
export async function externalConnectionService(
  options: OptionsOf<'external-connection-service'>,
  context: Context
): Promise<number> {
  const { change, json } = options
  const client = await ControlClient.open(await dataDirOf(options, context))
  const state =
    change == null
      ? await client.call<ServiceJson>('GET', PATH)
      : await client.call<ServiceJson>('PUT', PATH, { running: change === 'start' })

  context.stdout.write(
    `${json ? JSON.stringify(state) : `the external connection service is ${state.running ? 'running' : 'stopped'}`}\n`
  )

  return 0
}
