/**
 * Nodes that start at once, from the last `ready` to links between all pairs;
 * run by `LanRunner`. `?lan=RUNS&host=RUNS` says how often each is measured.
 */
import assert from 'node:assert/strict'
import { OverlayProcess, untilMesh } from '../../test/integration/lan/overlay-process.ts'
import type { Scenario } from '../../test/support/lan-runner.ts'
import type { LanHost, Lan } from '../../test/support/lan.ts'

export const ON_LAN = 'a mesh on a LAN'
export const ON_HOST = 'a mesh on one host'

/** On the LAN, each on a host of its own. */
export const LAN_NODES = 5
/** All on one host. */
export const HOST_NODES = 20

const MESH_MS = 300_000

const parameters = new URL(import.meta.url).searchParams

export const hosts = LAN_NODES

/** Milliseconds of each run. */
async function measure(lan: Lan, runs: number, places: LanHost[]): Promise<number[]> {
  const times: number[] = []

  for (let run = 0; run < runs; run++) {
    const nodes = await Promise.all(places.map(async (host) => await OverlayProcess.start(lan, host)))

    times.push(await untilMesh(nodes, MESH_MS))
    const codes = await Promise.all(nodes.map(async (node) => await node.stop()))
    assert.deepEqual(new Set(codes), new Set([0]))
  }

  return times
}

function runsOf(name: string): number {
  return Number(parameters.get(name) ?? 1)
}

export const scenarios: Scenario[] = [
  { name: ON_LAN, run: async (lan) => await measure(lan, runsOf('lan'), lan.hosts) },
  {
    name: ON_HOST,
    run: async (lan) =>
      await measure(
        lan,
        runsOf('host'),
        Array.from({ length: HOST_NODES }, () => lan.host(1))
      )
  }
]
