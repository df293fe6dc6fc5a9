import { ControlClient } from '../control-client.ts'
import { dataDirOf } from '../data-dir.ts'
import type { Context } from '../context.ts'
import type { OptionsOf } from '../invocation.ts'

interface BeaconJson {
  running: boolean
  /** Milliseconds. */
  interval: number
}

/** Says whether the node announces itself on the LAN, and how often, after changing it where that is asked. */
export async function beacon(options: OptionsOf<'beacon'>, context: Context): Promise<number> {
  const { change, interval, json } = options
  const client = await ControlClient.open(await dataDirOf(options, context))
  const state =
    change == null && interval == null
      ? await client.call<BeaconJson>('GET', '/beacon')
      : await client.call<BeaconJson>('PUT', '/beacon', {
          ...(change == null ? {} : { running: change === 'start' }),
          interval
        })

  context.stdout.write(`${json ? JSON.stringify(state) : beaconLine(state)}\n`)

  return 0
}

function beaconLine({ running, interval }: BeaconJson): string {
  return `the beacon is ${running ? 'running' : 'stopped'}, interval ${interval / 1_000}s`
}
