/** The user that runs the database: null for the present user, else the ids that root switches to. */
export interface DatabaseUser {
  readonly uid: number;
  readonly gid: number;
}

/** Paths of the binaries and the cluster of one VELRO_HOME. */
export interface PostgresPlace {
  /** Folder with bin/, lib/ and share/. */
  readonly binaries: string;
  /** Folder of the cluster and its files; the data directory is `data` below it. */
  readonly cluster: string;
  readonly user: DatabaseUser | null;
}
