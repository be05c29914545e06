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

const columns = [
  'id',
  'name',
  'description',
  'visibility',
  'generations_count',
  'created_at',
  'updated_at',
] as const;
/** A deleted one is hidden, while its generations are detached. */
const living = sql<boolean>`projects.deleted_at is null`;

/** Ownership is part of every query; only `find` also reads public projects of others. */
@Injectable()
export class ProjectsRepository {
  constructor(private readonly database: Database) {}

  /** Null where the caller has as many as an account may; exact also for parallel requests. */
  async add(caller: Caller, { id, name, description, visibility }: NewProject): Promise<Project | null> {
    const { rows } = await sql<ProjectRow>`
      select * from velro.create_project(${id}::uuid, ${caller.userId}::uuid, ${name}, ${description}::text,
        ${visibility}, ${projectPolicy.perUser}::integer)`.execute(this.database.query);
    const [row] = rows;
    return row === undefined ? null : toProject(row);
  }

  /** Newest first, before `cursor`. */
  async list(caller: Caller, limit: number, cursor: string | null): Promise<Project[]> {
    const rows = await this.database.query
      .selectFrom('projects')
      .select(columns)
      .where('user_id', '=', caller.userId)
      .where(living)
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
      .select([...columns, isOwned.as('owned')])
      .where('id', '=', id)
      .where(living)
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
      .where(living)
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
      .where(living)
      .returning(columns)
      .executeTakeFirst();
    return row === undefined ? null : toProject(row);
  }

  /** Hides it; `detach` and `removeDeleted` do the rest. False when the caller has no such project. */
  async markDeleted(tx: Transaction, caller: Caller, id: string): Promise<boolean> {
    const { numUpdatedRows } = await tx
      .updateTable('projects')
      .set({ deleted_at: sql<Date>`now()`, visibility: 'private' })
      .where('id', '=', id)
      .where('user_id', '=', caller.userId)
      .where(living)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Detaches a batch of generations from a deleted project; returns how many. They stay, without a project. */
  async detach(id: string, batch: number): Promise<number> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('generations')
      .set({ project_id: null })
      .where('id', 'in', (from) =>
        from
          .selectFrom('generations')
          .innerJoin('projects', 'projects.id', 'generations.project_id')
          .select('generations.id')
          .where('projects.id', '=', id)
          .where('projects.deleted_at', 'is not', null)
          .limit(batch),
      )
      .executeTakeFirst();
    return Number(numUpdatedRows);
  }

  async removeDeleted(id: string): Promise<void> {
    await this.database.query
      .deleteFrom('projects')
      .where('id', '=', id)
      .where('deleted_at', 'is not', null)
      .execute();
  }
}

type ProjectRow = Pick<Selectable<Projects>, (typeof columns)[number]>;

const toProject = (row: ProjectRow): Project => ({
  id: row.id,
  name: row.name,
  description: row.description,
  visibility: row.visibility,
  generationsCount: Number(row.generations_count),
  createdAt: row.created_at,
  updatedAt: row.updated_at,
});
