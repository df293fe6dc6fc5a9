/**
 * From a node's `ready` to its first link, with a member of the federation on
 * another host of the LAN; run by `LanRunner`. `?runs=N` says how often.
 */
import assert from 'node:assert/strict'
import { OverlayProcess } from '../../test/integration/lan/overlay-process.ts'
import type { Scenario } from '../../test/support/lan-runner.ts'
import type { Lan } from '../../test/support/lan.ts'

export const FIRST_LINK = 'ready to first link'

const RUNS = Number(new URL(import.meta.url).searchParams.get('runs') ?? 1)
const LINK_MS = 60_000

export const hosts = 2

/** Milliseconds of each run. */
async function measure(lan: Lan): Promise<number[]> {
  const member = await OverlayProcess.start(lan, lan.host(1))
  const times: number[] = []

  for (let run = 0; run < RUNS; run++) {
    const node = await OverlayProcess.start(lan, lan.host(2))
    const ready = await node.output.event('ready', LINK_MS)
    const open = await node.output.event('link:open', LINK_MS)

    assert.equal(open.peer, member.peerId)
    await member.untilLinked([node.peerId], LINK_MS)
    // both are by the node's own clock; a link may be there before the node says that it is ready
    times.push(Math.max(0, Number(open.time) - Number(ready.time)))
    assert.equal(await node.stop(), 0)
    await member.untilLinked([], LINK_MS)
  }

  await member.stop()

  return times
}

export const scenarios: Scenario[] = [{ name: FIRST_LINK, run: measure }]
