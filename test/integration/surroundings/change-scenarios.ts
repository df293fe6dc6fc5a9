/** Networks that change after the start of a node. */
import { setTimeout as sleep } from 'node:timers/promises'
import { changeAddress } from '../../support/lan-surroundings.ts'
import { startNode, untilAllLinked, untilLinked, withNodes } from './nodes.ts'
import type { Scenario } from '../../support/lan-runner.ts'
import type { Lan } from '../../support/lan.ts'

/** So long a node is left in its first surroundings, which it then has asked several times. */
const SETTLED_MS = 4_000

async function pluggedInLater(lan: Lan): Promise<void> {
  const hosts = [lan.host(1), lan.host(2)]

  await Promise.all(hosts.map(async (host) => await host.unplug()))

  await withNodes(lan, hosts, async (...nodes) => {
    await sleep(SETTLED_MS)
    await Promise.all(hosts.map(async (host) => await host.plugIn()))
    await untilAllLinked(nodes)
  })
}

/** A laptop that gets a second network, where another node has been all the time. */
async function secondInterfaceLater(lan: Lan): Promise<void> {
  const [first, second] = [lan.host(1), lan.host(2)]

  await second.unplug()
  await second.plugIn(1)
  await withNodes(lan, [first, second], async (...nodes) => {
    await sleep(SETTLED_MS)
    await first.plugIn(1)
    await untilAllLinked(nodes)
  })
}

async function unpluggedForAWhile(lan: Lan): Promise<void> {
  const host = lan.host(1)

  await withNodes(lan, [host], async (first) => {
    await host.unplug()
    await sleep(SETTLED_MS)
    await host.plugIn()
    const second = await startNode(lan, lan.host(2))

    if (first != null) {
      await untilLinked(first, second)
    }

    await second.stop()
  })
}

async function anotherAddress(lan: Lan): Promise<void> {
  const host = lan.host(1)

  await withNodes(lan, [host], async (first) => {
    await sleep(SETTLED_MS)
    await changeAddress(host, host.ip.replace(/\d+$/, '200'))
    const second = await startNode(lan, lan.host(2))

    if (first != null) {
      await untilLinked(first, second)
    }

    await second.stop()
  })
}

export const changeScenarios: Scenario[] = [
  { name: 'link when the hosts are plugged in after the start', run: pluggedInLater },
  { name: 'link when a second interface comes after the start', run: secondInterfaceLater },
  { name: 'link when the interface has gone away and come back', run: unpluggedForAWhile },
  { name: 'link when the host has got another address', run: anotherAddress }
]
