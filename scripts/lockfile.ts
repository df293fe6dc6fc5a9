/** What the scripts need to know of `package-lock.json`. */

export interface LockedPackage {
  version?: string
  resolved?: string
  license?: string
  dev?: boolean
  optional?: boolean
  optionalDependencies?: Record<string, string>
  cpu?: string[]
  libc?: string[]
  os?: string[]
}

export interface Lockfile {
  /** By path below the root of the repository; the root itself is `''`. */
  packages: Record<string, LockedPackage>
}

export interface MissingOptional {
  name: string
  version: string
  /** The package that names it. */
  of: LockedPackage
}

/** Optional dependencies without an entry; `npm ci` refuses a file that has any. */
export function missingOptionals({ packages }: Lockfile): MissingOptional[] {
  return Object.values(packages).flatMap((of) =>
    Object.entries(of.optionalDependencies ?? {})
      .filter(([name]) => packages[`node_modules/${name}`] == null)
      .map(([name, version]) => ({ name, version, of }))
  )
}
