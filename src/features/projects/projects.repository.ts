import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { projectPolicy } from '../../../config/policy/generations/projects.js';
import type { Caller } from '../../guards/route/caller.js';
import { Database, type Transaction } from '../../database/database.js';
import type { GalleryItem, Project, Visibility } from './project.js';
import type { Projects } from '../../database/schema.js';

export interface NewProject {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly visibility: Visibility;
}

/** An omitted field stays unchanged. */
export type ProjectChange = Partial<Omit<NewProject, 'id'>>;

const columns = ['id', 'name', 'description', 'visibility', 'created_at', 'updated_at'] as const;
const generationsCount = sql<string>`(select count(*) from velro.generations g where g.project_id = projects.id)`;

/** Ownership is part of every query; only `find` also reads public projects of others. */
@Injectable()
export class ProjectsRepository {
  constructor(private readonly database: Database) {}

  async add(tx: Transaction, caller: Caller, project: NewProject): Promise<Project> {
    const row = await tx
      .insertInto('projects')
      .values({ ...project, user_id: caller.userId })
      .returning(columns)
      .executeTakeFirstOrThrow();
    return toProject({ ...row, generations_count: '0' });
  }

  async count(tx: Transaction, caller: Caller): Promise<number> {
    const { count } = await tx
      .selectFrom('projects')
      .select(({ fn }) => fn.countAll<string>().as('count'))
      .where('user_id', '=', caller.userId)
      .executeTakeFirstOrThrow();
    return Number(count);
  }

  /** Newest first, before `cursor`. */
  async list(caller: Caller, limit: number, cursor: string | null): Promise<Project[]> {
    const rows = await this.database.query
      .selectFrom('projects')
      .select([...columns, generationsCount.as('generations_count')])
      .where('user_id', '=', caller.userId)
      .$if(cursor !== null, (query) => query.where('id', '<', cursor ?? ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
    return rows.map(toProject);
  }

  /** A project of the caller, or a public one of another account; else null. */
  async find(caller: Caller, id: string): Promise<{ project: Project; owned: boolean } | null> {
    const isOwned = sql<boolean>`projects.user_id = ${caller.userId}`;
    const row = await this.database.query
      .selectFrom('projects')
      .select([...columns, generationsCount.as('generations_count'), isOwned.as('owned')])
      .where('id', '=', id)
      .where((or) => or.or([isOwned, or('visibility', '=', 'public')]))
      .executeTakeFirst();
    return row === undefined ? null : { project: toProject(row), owned: row.owned };
  }

  /** Results of completed generations, newest first; none unless the project is public. */
  async gallery(id: string): Promise<GalleryItem[]> {
    const rows = await this.database.query
      .selectFrom('projects')
      .innerJoin('generations', (join) =>
        join
          .onRef('generations.project_id', '=', 'projects.id')
          .onRef('generations.user_id', '=', 'projects.user_id')
          .on('generations.status', '=', 'completed'),
      )
      .innerJoin('files', (join) =>
        join.onRef('files.generation_id', '=', 'generations.id').on('files.kind', '=', 'result'),
      )
      .select(['files.object_key', 'files.content_type', 'files.width', 'files.height', 'files.bytes'])
      .where('projects.id', '=', id)
      .where('projects.visibility', '=', 'public')
      .orderBy('generations.id', 'desc')
      .orderBy('files.position')
      .limit(projectPolicy.galleryAtMost)
      .execute();
    return rows.map((row) => ({
      objectKey: row.object_key,
      contentType: row.content_type,
      width: row.width,
      height: row.height,
      bytes: Number(row.bytes),
    }));
  }

  /** Returns the changed project, or null when the caller has no such project. */
  async change(caller: Caller, id: string, change: ProjectChange): Promise<Project | null> {
    const row = await this.database.query
      .updateTable('projects')
      .set({ ...change, updated_at: sql<Date>`now()` })
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .returning([...columns, generationsCount.as('generations_count')])
      .executeTakeFirst();
    return row === undefined ? null : toProject(row);
  }

  /** Its generations stay, without a project. False when the caller has no such project. */
  async remove(tx: Transaction, caller: Caller, id: string): Promise<boolean> {
    const { numDeletedRows } = await tx
      .deleteFrom('projects')
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .executeTakeFirst();
    return numDeletedRows > 0n;
  }
}

type ProjectRow = Pick<Selectable<Projects>, (typeof columns)[number]> & {
  readonly generations_count: string;
};

const toProject = (row: ProjectRow): Project => ({
  id: row.id,
  name: row.name,
  description: row.description,
  visibility: row.visibility,
  generationsCount: Number(row.generations_count),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
