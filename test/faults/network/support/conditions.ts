/** What a test does to the network of a LAN's hosts. All of it ends with the LAN's namespaces. */
import { execFile, execFileSync } from 'node:child_process'
import { promisify } from 'node:util'
import { lanUnavailable } from '../../../support/lan-runner.ts'
import type { LanHost } from '../../../support/lan.ts'

const exec = promisify(execFile)

/** The bridge of the hosts that are parted from the others. */
const OTHER_BRIDGE = 'br1'

const PROBE = `
  ip link set lo up
  nft 'add table inet probe; add chain inet probe in { type filter hook input priority 0; };
    add rule inet probe in numgen random mod 100 < 5 drop'
  tc qdisc add dev lo root tbf rate 1mbit burst 32kb latency 400ms
`

/** Why there can be no such network here, for a test's `skip`; `false` when there can. */
export function conditionsUnavailable(): string | false {
  const lan = lanUnavailable()

  if (lan !== false) {
    return lan
  }

  try {
    execFileSync('unshare', ['--user', '--map-root-user', '--net', 'sh', '-ec', PROBE], { stdio: 'pipe' })

    return false
  } catch (err) {
    const { stderr } = err as { stderr?: Buffer }

    return `needs nftables, and tbf of iproute2: ${stderr?.toString().trim().split('\n').at(-1) ?? String(err)}`
  }
}

/** Loses packets that come to the host, by chance. */
export async function losePackets(host: LanHost, percent: number): Promise<void> {
  await host.run(
    'nft',
    `add table inet loss; flush table inet loss;
    add chain inet loss in { type filter hook input priority 0; };
    add rule inet loss in iifname "eth0" numgen random mod 100 < ${percent} drop`
  )
}

export async function loseNoPackets(host: LanHost): Promise<void> {
  await host.run('nft', 'delete table inet loss')
}

/** Limits what leaves the host; what waits longer than 400 ms is dropped. */
export async function limitRate(host: LanHost, rate: string): Promise<void> {
  await host.run('tc', ...`qdisc replace dev eth0 root tbf rate ${rate} burst 32kb latency 400ms`.split(' '))
}

export async function limitNoRate(host: LanHost): Promise<void> {
  await host.run('tc', 'qdisc', 'delete', 'dev', 'eth0', 'root')
}

/** Parts these hosts from the others; among each other they go on. */
export async function part(hosts: LanHost[]): Promise<void> {
  await shell(`
    ip link show ${OTHER_BRIDGE} >/dev/null 2>&1 || ip link add ${OTHER_BRIDGE} type bridge mcast_snooping 0
    ip link set ${OTHER_BRIDGE} up
  `)

  for (const { port } of hosts) {
    await shell(`ip link set ${port} master ${OTHER_BRIDGE}`)
  }
}

export async function heal(hosts: LanHost[]): Promise<void> {
  await Promise.all(hosts.map(async (host) => host.restore()))
}

/** A file system of its own in memory; what is mounted on it later is so for processes that run. */
export async function mountSmall(directory: string, bytes: number): Promise<void> {
  await shell(
    `mkdir -p ${directory}; mount -t tmpfs -o size=${bytes},mode=700 tmpfs ${directory}; mount --make-shared ${directory}`
  )
}

export async function mountReadOnly(directory: string): Promise<void> {
  await shell(`mount -o remount,ro ${directory}`)
}

/**
 * Makes the directory of `mountSmall` read only for processes that run. The
 * kernel remounts no file system that has files open for writing, so it is
 * covered by a mount of itself that is read only: what is opened from now on
 * fails. Files that are open can be written on while there is room.
 *
 * @returns what uncovers it
 */
export async function coverReadOnly(directory: string): Promise<() => Promise<void>> {
  const readOnly = `${directory}.read-only`

  // the flag is copied with the mount, and reaches the processes with it; changed later it would not
  await shell(`
    mkdir ${readOnly}
    mount --bind ${directory} ${readOnly}
    mount -o remount,bind,ro ${readOnly}
    mount --bind ${readOnly} ${directory}
  `)

  return async () => shell(`umount ${directory}; umount ${readOnly}`)
}

async function shell(script: string): Promise<void> {
  await exec('sh', ['-ec', script])
}
