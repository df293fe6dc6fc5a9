/**
 * A LAN of Linux network namespaces on one bridge. All of it must run inside
 * namespaces of its own (`runInNamespaces` in lan-runner.ts gives them), whose
 * end takes whatever is left with it: links, mounts, files, processes.
 */
import { execFile, spawn } from 'node:child_process'
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { stopProcess } from './stop-process.ts'
import type { ChildProcess } from 'node:child_process'

/** Set for the process that may build a LAN. */
export const INSIDE_VARIABLE = 'INSIDE_TEST_LAN'

const BRIDGE = 'br0'
const NETWORK = '10.77.0'
const NETWORK_6 = 'fd00:77::'
const MAX_HOSTS = 250
const exec = promisify(execFile)

export interface LanOptions {
  /** How many hosts; each has an IPv4 and an IPv6 address, and a name in the hosts file of all. */
  hosts: number
}

/** One network namespace: `eth0` on the bridge, and its own loopback. */
export class LanHost {
  readonly index: number
  readonly namespace: string
  /** Resolves to `ip` on all hosts. */
  readonly name: string
  readonly ip: string
  readonly ip6: string
  /** Its port of the bridge, outside of its namespace. */
  readonly port: string
  readonly #children = new Set<ChildProcess>()

  constructor(index: number) {
    this.index = index
    this.namespace = `host${index}`
    this.name = `${this.namespace}.lan.example`
    this.ip = `${NETWORK}.${index}`
    this.ip6 = `${NETWORK_6}${index.toString(16)}`
    this.port = `port${index}`
  }

  async create(): Promise<void> {
    await shell(`ip netns add ${this.namespace}`)
    await shell(`ip -n ${this.namespace} link set lo up`)
    await this.plugIn()
  }

  /** Gives the host its interface, with the addresses it always has. */
  async plugIn(): Promise<void> {
    await shell(`
      ip link add ${this.port} type veth peer name eth0 netns ${this.namespace}
      ip link set ${this.port} master ${BRIDGE} up
      ip -n ${this.namespace} address add ${this.ip}/24 dev eth0
      ip -n ${this.namespace} -6 address add ${this.ip6}/64 dev eth0 nodad
      ip -n ${this.namespace} link set eth0 up
      ip -n ${this.namespace} route add 224.0.0.0/4 dev eth0
    `)
  }

  /** Takes the host's interface away; loopback stays. */
  async unplug(): Promise<void> {
    await shell(`ip link delete ${this.port}`)
  }

  /** Ends the processes started here, then the namespace. */
  async remove(): Promise<void> {
    await Promise.all([...this.#children].map((child) => stopProcess(child)))
    await shell(`ip netns delete ${this.namespace}`)
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
    await shell(`ip link set ${this.port} master ${BRIDGE}`)
  }

  /** Lets no multicast in or out; unicast goes on. */
  async blockMulticast(): Promise<void> {
    await shell(`
      bridge link set dev ${this.port} mcast_flood off
      ip -n ${this.namespace} route replace prohibit 224.0.0.0/4
    `)
  }

  async allowMulticast(): Promise<void> {
    await shell(`
      bridge link set dev ${this.port} mcast_flood on
      ip -n ${this.namespace} route replace 224.0.0.0/4 dev eth0
    `)
  }

  async setLoopback(state: 'up' | 'down'): Promise<void> {
    await shell(`ip -n ${this.namespace} link set lo ${state}`)
  }
}

export class Lan {
  readonly hosts: LanHost[]

  constructor(hosts: LanHost[]) {
    this.hosts = hosts
  }

  /** @param index - from 1 */
  host(index: number): LanHost {
    const host = this.hosts[index - 1]

    if (host == null) {
      throw new RangeError(`The LAN has ${this.hosts.length} hosts, and no host ${index}`)
    }

    return host
  }

  /** A new directory in memory, gone with the LAN's namespaces. */
  async tempDir(): Promise<string> {
    return await mkdtemp('/run/lan/')
  }
}

/** Builds a LAN, hands it over, and takes it down, whatever happens in between. */
export async function withLan<T>(options: LanOptions, use: (lan: Lan) => Promise<T>): Promise<T> {
  if (process.env[INSIDE_VARIABLE] == null) {
    throw new Error('A LAN must be built in namespaces of its own: see lan-runner.ts')
  }

  if (!(options.hosts >= 1 && options.hosts <= MAX_HOSTS)) {
    throw new RangeError(`A LAN has 1 to ${MAX_HOSTS} hosts`)
  }

  const lan = new Lan(Array.from({ length: options.hosts }, (_, i) => new LanHost(i + 1)))
  const created: LanHost[] = []

  await createBridge(lan)

  try {
    for (const host of lan.hosts) {
      await host.create()
      created.push(host)
    }

    return await use(lan)
  } finally {
    await Promise.all(created.map((host) => host.remove()))
    await shell(`
      umount /etc/hosts
      umount --lazy /run
      ip link delete ${BRIDGE}
    `)
  }
}

/** `/run` is a directory in memory, because `ip netns` keeps its list there. */
async function createBridge(lan: Lan): Promise<void> {
  await shell(`
    mount -t tmpfs tmpfs /run
    ip link set lo up
    ip link add ${BRIDGE} type bridge mcast_snooping 0
    ip link set ${BRIDGE} up
  `)

  const lines = lan.hosts.flatMap(({ ip, ip6, name }) => [`${ip} ${name}`, `${ip6} ${name}`])
  await mkdir('/run/lan')
  await writeFile('/run/lan/hosts', ['127.0.0.1 localhost', '::1 localhost', ...lines, ''].join('\n'))
  await shell('mount --bind /run/lan/hosts /etc/hosts')
}

async function shell(script: string): Promise<void> {
  await exec('sh', ['-ec', script])
}
