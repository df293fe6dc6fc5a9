/** One fault of a configuration. */
export interface ConfigIssue {
  /** Where the value comes from: the path of a file, an environment variable, a flag; absent for a value given by a program. */
  source?: string
  /** The path of the key, such as `links.maxLinks`; empty for the whole. */
  path: string
  /** What is wrong, without source and path. */
  message: string
}

/** A configuration cannot be used. The message has one line for each issue. */
export class ConfigError extends Error {
  readonly issues: readonly ConfigIssue[]

  constructor(issues: readonly ConfigIssue[], options?: ErrorOptions) {
    super(issues.map(formatIssue).join('\n'), options)
    this.name = 'ConfigError'
    this.issues = issues
  }
}

function formatIssue({ source, path, message }: ConfigIssue): string {
  return [source, path, message].filter((part) => part != null && part !== '').join(': ')
}
