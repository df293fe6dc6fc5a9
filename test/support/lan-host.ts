import { execFile, spawn } from 'node:child_process'
import { promisify } from 'node:util'
import { stopProcess } from './stop-process.ts'
import type { ChildProcess } from 'node:child_process'

const NETWORKS = [
  { bridge: 'br0', ip: '10.77.0.', ip6: 'fd00:77::' },
  { bridge: 'second0', ip: '10.78.0.', ip6: 'fd00:78::' }
]
const exec = promisify(execFile)

/** Rules of the bridges, which see what a host sends and gets, and of which a host knows nothing. */
const SWITCH_TABLE = 'bridge silence'

/** One of the two networks that a host can be plugged into. */
export type NetworkIndex = 0 | 1

/**
 * One network namespace: its own loopback, and `eth0` on the first network's
 * bridge. Its routes are those to its own subnets, as on a LAN without a router.
 */
export class LanHost {
  readonly index: number
  readonly namespace: string
  /** Resolves to `ip` and `ip6` on all hosts. */
  readonly name: string
  /** Those of `eth0`. */
  readonly ip: string
  readonly ip6: string
  /** The bridge's end of `eth0`, outside of the namespace. */
  readonly port: string
  readonly #children = new Set<ChildProcess>()

  constructor(index: number) {
    this.index = index
    this.namespace = `host${index}`
    this.name = `${this.namespace}.lan.example`
    this.ip = this.ipOn(0)
    this.ip6 = this.ip6On(0)
    this.port = this.portOn(0)
  }

  ipOn(network: NetworkIndex): string {
    return `${networkOf(network).ip}${this.index}`
  }

  ip6On(network: NetworkIndex): string {
    return `${networkOf(network).ip6}${this.index.toString(16)}`
  }

  portOn(network: NetworkIndex): string {
    return `port${this.index}.${network}`
  }

  async create(): Promise<void> {
    await shell(`ip netns add ${this.namespace}`)
    await shell(`ip -n ${this.namespace} link set lo up`)
    await this.plugIn()
  }

  /** Gives the host `eth0` on the first network or `eth1` on the second, with the addresses it always has there. */
  async plugIn(network: NetworkIndex = 0): Promise<void> {
    const port = this.portOn(network)
    const name = `eth${network}`

    await shell(`
      ip link add ${port} type veth peer name ${name} netns ${this.namespace}
      ip link set ${port} master ${networkOf(network).bridge} up
      ip -n ${this.namespace} address add ${this.ipOn(network)}/24 dev ${name}
      ip -n ${this.namespace} -6 address add ${this.ip6On(network)}/64 dev ${name} nodad
      ip -n ${this.namespace} link set ${name} up
    `)
  }

  /** Takes the host's interface away; loopback stays. */
  async unplug(network: NetworkIndex = 0): Promise<void> {
    await shell(`ip link delete ${this.portOn(network)}`)
  }

  /** Ends the processes started here, then the namespace. */
  async remove(): Promise<void> {
    await Promise.all([...this.#children].map((child) => stopProcess(child)))
    // the kernel takes a namespace's interfaces away later than it says
    await shell(`
      for port in $(ip -o link show | grep -o 'port${this.index}[.][a-z0-9]*'); do ip link delete $port; done
      ip netns delete ${this.namespace}
    `)
  }

  /** Makes it what it was at first, whatever has been done to it. */
  async renew(): Promise<void> {
    await this.remove()
    await this.create()
  }

  /** Starts a process on this host; it is ended with the LAN at the latest. */
  spawn(command: string, args: string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.namespace, command, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, ...env }
    })
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))

    return child
  }

  /** Starts a script of this repository with this Node.js. */
  spawnNode(args: string[], env?: NodeJS.ProcessEnv): ChildProcess {
    return this.spawn(process.execPath, args, env)
  }

  /** Runs a command to its end and gives what it printed; rejects when it fails. */
  async run(command: string, ...args: string[]): Promise<string> {
    const { stdout } = await exec('ip', ['netns', 'exec', this.namespace, command, ...args])

    return stdout
  }

  /** Takes the host off the bridge, silently: its link stays up, and nothing arrives. */
  async cut(): Promise<void> {
    await shell(`ip link set ${this.port} nomaster`)
  }

  /** Puts the host back on the bridge. */
  async restore(): Promise<void> {
    await shell(`ip link set ${this.port} master ${networkOf(0).bridge}`)
  }

  /** Has the switch lose all multicast from and to the host's `eth0`, of which the host learns nothing; unicast still works. */
  async blockMulticast(): Promise<void> {
    // IPv6 finds its neighbours by multicast, by other groups than that of mDNS
    const rules = ['iifname', 'oifname'].flatMap((direction) =>
      ['ip daddr 224.0.0.0/4', 'ip6 daddr ff02::fb'].map(
        (group) => `add rule ${SWITCH_TABLE} forward ${direction} "${this.port}" ${group} drop;`
      )
    )

    await shell(`nft '
      add table ${SWITCH_TABLE};
      add chain ${SWITCH_TABLE} forward { type filter hook forward priority 0; };
      ${rules.join('\n')}'`)
  }

  /** The end of `blockMulticast`, for all hosts. */
  async allowMulticast(): Promise<void> {
    await shell(`nft delete table ${SWITCH_TABLE}`)
  }

  async setLoopback(state: 'up' | 'down'): Promise<void> {
    await shell(`ip -n ${this.namespace} link set lo ${state}`)
  }
}

/** The bridges that hosts are plugged into. */
export async function createBridges(): Promise<void> {
  for (const { bridge } of NETWORKS) {
    await shell(`
      ip link add ${bridge} type bridge mcast_snooping 0
      ip link set ${bridge} up
    `)
  }
}

export async function removeBridges(): Promise<void> {
  await Promise.all(NETWORKS.map(async ({ bridge }) => await shell(`ip link delete ${bridge}`)))
}

export async function shell(script: string): Promise<void> {
  await exec('sh', ['-ec', script])
}

function networkOf(index: NetworkIndex): (typeof NETWORKS)[number] {
  const network = NETWORKS[index]

  if (network == null) {
    throw new RangeError(`There is no network ${index}`)
  }

  return network
}
