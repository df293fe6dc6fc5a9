/**
 * A LAN of Linux network namespaces on bridges. All of it must run inside
 * namespaces of its own (`runInNamespaces` in lan-runner.ts gives them), whose
 * end takes whatever is left with it: links, mounts, files, processes.
 */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises'
import { LanHost, createBridges, removeBridges, shell } from './lan-host.ts'

export type { LanHost } from './lan-host.ts'

/** Set for the process that may build a LAN. */
export const INSIDE_VARIABLE = 'INSIDE_TEST_LAN'

const MAX_HOSTS = 250

export interface LanOptions {
  /** How many hosts; each has an IPv4 and an IPv6 address, and a name in the hosts file of all. */
  hosts: number
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

  await prepare(lan)

  try {
    for (const host of lan.hosts) {
      await host.create()
      created.push(host)
    }

    return await use(lan)
  } finally {
    await Promise.all(created.map((host) => host.remove()))
    await removeBridges()
    await shell(`
      umount /etc/hosts
      umount --lazy /run
    `)
  }
}

/** `/run` is a directory in memory, because `ip netns` keeps its list there. */
async function prepare(lan: Lan): Promise<void> {
  await shell(`
    mount -t tmpfs tmpfs /run
    ip link set lo up
  `)
  await createBridges()

  const lines = lan.hosts.flatMap(({ ip, ip6, name }) => [`${ip} ${name}`, `${ip6} ${name}`])
  await mkdir('/run/lan')
  await writeFile('/run/lan/hosts', ['127.0.0.1 localhost', '::1 localhost', ...lines, ''].join('\n'))
  await shell('mount --bind /run/lan/hosts /etc/hosts')
}
