/** Who runs the database: null for the user we are, else the ids that root steps down to. */
export interface DatabaseUser {
  readonly uid: number;
  readonly gid: number;
}

/** Where binaries and cluster of one VELRO_HOME lie. */
export interface PostgresPlace {
  /** Folder with bin/, lib/ and share/. */
  readonly binaries: string;
  /** Folder of the cluster and of what belongs to it; the data lie in `data` below it. */
  readonly cluster: string;
  readonly user: DatabaseUser | null;
}
