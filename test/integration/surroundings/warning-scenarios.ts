/** What keeps nodes of a LAN from finding each other is told once, wherever a user looks, and once more when it is over. */
import assert from 'node:assert/strict'
import { readToken } from '../../../src/http/control-file.ts'
import { holdMdnsPort, refuseMulticast, refuseNoMulticast } from '../../support/lan-surroundings.ts'
import { startNode, untilLinked } from './nodes.ts'
import type { WarningCode } from '../../../src/warnings/index.ts'
import type { Scenario } from '../../support/lan-runner.ts'
import type { LanHost, Lan } from '../../support/lan.ts'
import type { OverlayProcess } from '../lan/overlay-process.ts'

const TOLD_MS = 30_000
const PUBLIC_IP = '8.8.8.8'

/** A host, in which something is wrong, and the node of another host, with which nothing is. */
interface Trouble {
  code: WarningCode
  /** What is said of it. */
  pattern: RegExp
  /** How many warnings there are, and one metric that counts them. */
  count: number
  args?: string[]
  /** @returns what puts it right */
  cause(host: LanHost): Promise<() => Promise<unknown>>
  /** Whether the nodes link once it is right. */
  links: boolean
}

function troubled({ code, pattern, count, args = [], cause, links }: Trouble): Scenario['run'] {
  return async (lan: Lan) => {
    const host = lan.host(1)
    const repair = await cause(host)
    const node = await startNode(lan, host, '--http', '127.0.0.1:0', ...args)
    const told = (event: string): Array<Record<string, unknown>> =>
      node.output.events.filter((one) => one.event === event && one.code === code)

    const onStderr = (text: string): number => node.output.stderr.split(` ${text}: `).length - 1

    await node.output.until(
      `${count} warnings ${code}`,
      () => told('warning').length >= count && onStderr('warning') >= count,
      TOLD_MS
    )
    assert.match(String(told('warning')[0]?.message), pattern)
    assert.match(node.output.stderr, pattern)

    const shown = JSON.parse(await get(node, '/api/v1/node')) as { warnings: Array<Record<string, unknown>> }
    assert.deepEqual(
      shown.warnings.map((warning) => warning.code),
      Array.from({ length: count }, () => code)
    )
    assert.match(await get(node, '/metrics'), metric(code, count))

    await repair()
    await node.output.until(
      `the end of ${count} warnings ${code}`,
      () => told('warning:end').length >= count && onStderr('no longer so') >= count,
      TOLD_MS
    )
    assert.deepEqual([told('warning').length, onStderr('warning')], [count, count])
    assert.match(await get(node, '/metrics'), metric(code, 0))

    if (links) {
      const other = await startNode(lan, lan.host(2))

      await untilLinked(node, other)
      assert.equal(await other.stop(), 0)
    }

    assert.equal(await node.stop(), 0)
  }
}

/** Who has nothing to be warned of is not warned. */
async function quiet(lan: Lan): Promise<void> {
  const nodes = await Promise.all([lan.host(1), lan.host(2)].map(async (host) => await startNode(lan, host)))
  const [one, two] = nodes

  assert.ok(one != null && two != null)
  await untilLinked(one, two)
  const codes = await Promise.all(nodes.map(async (node) => await node.stop()))
  assert.deepEqual(codes, [0, 0])
  assert.deepEqual(
    nodes.map(({ output }) => output.stderr),
    ['', '']
  )
}

function metric(code: WarningCode, value: number): RegExp {
  return new RegExp(`^nebula_warnings\\{[^}]*"${code}"[^}]*\\} ${value}$`, 'm')
}

/** Asks the control API, which only the host itself reaches. */
async function get({ host, dataDir, http }: OverlayProcess, path: string): Promise<string> {
  const token = await readToken(dataDir)
  const script = `
    const [, url, token] = process.argv
    const response = await fetch(url, { headers: { authorization: 'Bearer ' + token } })
    if (!response.ok) throw new Error(url + ': ' + response.status)
    process.stdout.write(await response.text())`

  return await host.run(
    process.execPath,
    '--input-type=module',
    '--eval',
    script,
    `${http}${path}`,
    token ?? ''
  )
}

export const warningScenarios: Scenario[] = [
  { name: 'warn of nothing where nothing is wrong', run: quiet },
  {
    name: 'warn that another program holds port 5353',
    run: troubled({
      code: 'mdns-port-taken',
      pattern: /UDP port 5353 .*Another program holds the port and does not share it/s,
      count: 2,
      cause: async (host) => {
        const holder = await holdMdnsPort(host)

        return async () => await holder.stop()
      },
      links: true
    })
  },
  {
    name: 'warn that the firewall refuses multicast',
    run: troubled({
      code: 'mdns-no-multicast',
      pattern: /No network interface takes multicast/,
      count: 1,
      cause: async (host) => {
        await refuseMulticast(host)

        return async () => await refuseNoMulticast(host)
      },
      links: true
    })
  },
  {
    name: 'warn that the machine is on no network',
    run: troubled({
      code: 'mdns-no-multicast',
      pattern: /No network interface takes multicast/,
      count: 1,
      cause: async (host) => {
        await host.unplug()

        return async () => await host.plugIn()
      },
      links: true
    })
  },
  {
    name: 'warn that no address is a private one',
    run: troubled({
      code: 'mdns-no-address',
      pattern: /This node has no address of a private network/,
      count: 1,
      cause: async (host) => {
        await host.run('ip', 'address', 'flush', 'dev', 'eth0')
        await host.run('ip', 'address', 'add', `${PUBLIC_IP}/24`, 'dev', 'eth0')

        return async () => await host.run('ip', 'address', 'add', `${host.ip}/24`, 'dev', 'eth0')
      },
      links: true
    })
  }
]
