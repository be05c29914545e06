import { Injectable } from '@nestjs/common';
import { Problem, type FieldFault } from '../../errors/problem.js';
import type { Caller } from '../../guards/route/caller.js';
import { isNotBlank } from '../../perimeter/input/is-not-blank.js';
import { Database } from '../../database/database.js';
import { Random } from '../../ports/random.js';
import { UsersService } from '../users/users.service.js';
import type { Project, ProjectView, Visibility } from './project.js';
import { ProjectRemovals } from './project-removals.js';
import { ProjectsRepository, type ProjectChange } from './projects.repository.js';
import { pageOf, rowsOf, type Page, type PageRequest } from '../../database/page.js';
import { MediaLinks } from '../storage/media-links.js';

/** A request as sent: an omitted field stays unchanged, null clears an optional one. */
export interface WantedProject {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly visibility?: Visibility | null | undefined;
}

/** Projects of the caller. Another account's project is readable while it is public, else `not_found`. */
@Injectable()
export class ProjectsService {
  constructor(
    private readonly database: Database,
    private readonly projects: ProjectsRepository,
    private readonly users: UsersService,
    private readonly links: MediaLinks,
    private readonly removals: ProjectRemovals,
    private readonly random: Random,
  ) {}

  /** @throws Problem `validation_failed`, `projects_exceeded` */
  async create(caller: Caller, wanted: WantedProject & { readonly name: string }): Promise<Project> {
    const { description = null, visibility = 'private' } = validate(wanted);
    const id = this.random.timeOrderedUuid();
    const project = await this.projects.add(caller, { id, name: wanted.name, description, visibility });
    if (project === null) throw new Problem('projects_exceeded');
    return project;
  }

  async list(caller: Caller, page: PageRequest): Promise<Page<Project>> {
    return pageOf(await this.projects.list(caller, rowsOf(page), page.cursor), page);
  }

  /** @throws Problem `not_found` */
  async view(caller: Caller, id: string): Promise<ProjectView> {
    const found = await this.projects.find(caller, id);
    if (found === null) throw new Problem('not_found');
    const { project, owned } = found;
    if (owned) return { owned, project };
    return { owned, project, gallery: await this.links.sign(await this.projects.gallery(id)) };
  }

  /** @throws Problem `validation_failed`, `not_found` */
  async change(caller: Caller, id: string, wanted: WantedProject): Promise<Project> {
    const change = validate(wanted);
    if (Object.keys(change).length > 0) {
      const changed = await this.projects.change(caller, id, change);
      if (changed !== null) return changed;
    } else if ((await this.projects.find(caller, id))?.owned === true) {
      throw refused([{ field: 'body', code: 'empty', message: 'must say what to change' }]);
    }
    throw new Problem('not_found');
  }

  /** Gone at once for everybody; however many generations it has, they are detached behind the answer. @throws Problem `not_found` */
  async remove(caller: Caller, id: string): Promise<void> {
    const removed = await this.database.transaction(async (tx) => {
      // Lock order as where its generations are ended or deleted, the account first.
      await this.users.lock(tx, caller.userId);
      if (!(await this.projects.markDeleted(tx, caller, id))) return false;
      await this.removals.enqueue(tx, id);
      return true;
    });
    if (!removed) throw new Problem('not_found');
  }
}

/** A description is cleared by null; other fields that are null count as omitted, as everywhere. @throws Problem `validation_failed` */
function validate({ name, description, visibility }: WantedProject): ProjectChange {
  if (typeof name === 'string' && !isNotBlank(name))
    throw refused([{ field: 'name', code: 'blank', message: 'name must say something' }]);
  return {
    ...(name === undefined || name === null ? {} : { name }),
    ...(description === undefined ? {} : { description }),
    ...(visibility === undefined || visibility === null ? {} : { visibility }),
  };
}

const refused = (errors: readonly FieldFault[]): Problem => new Problem('validation_failed', { errors });
