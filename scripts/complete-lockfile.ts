/**
 * Adds to `package-lock.json` the packages for other platforms that npm left
 * out. npm drops an optional dependency that the registry it asks does not
 * have, and `npm ci` then refuses the file. Run it after dependencies changed.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { missingOptionals } from './lockfile.ts'
import type { LockedPackage, Lockfile } from './lockfile.ts'

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32']
const PROCESSORS = ['arm', 'arm64', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64']

const path = join(import.meta.dirname, '..', 'package-lock.json')
const lock = JSON.parse(readFileSync(path, 'utf8')) as Lockfile

for (const { name, version, of } of missingOptionals(lock)) {
  lock.packages[`node_modules/${name}`] = entryOf(name, version, of)
  process.stdout.write(`added ${name}@${version}\n`)
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, 'en')))
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)

/** Such a package says in its name what it is for: `@swc/core-linux-arm64-musl`. */
function entryOf(name: string, version: string, of: LockedPackage): LockedPackage {
  const words = name.slice(name.indexOf('/') + 1).split('-')
  const os = SYSTEMS.find((system) => words.includes(system))
  const cpu = PROCESSORS.find((processor) => words.includes(processor))

  if (os == null || cpu == null || !/^\d+\.\d+\.\d+$/.test(version)) {
    throw new Error(`What ${name}@${version} is for is not clear from its name and version`)
  }

  const libc = words.some((word) => word.startsWith('musl')) ? 'musl' : 'glibc'

  return {
    version,
    cpu: [cpu],
    ...(of.dev === true ? { dev: true } : {}),
    ...(os === 'linux' ? { libc: [libc] } : {}),
    optional: true,
    os: [os]
  }
}
