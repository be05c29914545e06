import { Injectable } from '@nestjs/common';
import { mediaUrlSeconds } from '../../../config/policy/generations/streams.js';
import { ObjectStorage } from '../../ports/object-storage.js';
import type { GalleryItem, Project, ProjectView } from './project.js';
import type { GalleryItemResponse, ProjectResponse, PublicProjectResponse } from './projects.dto.js';

/** Field by field: what is not named here is not sent. Links are signed when they are shown. */
@Injectable()
export class ProjectsPresenter {
  constructor(private readonly storage: ObjectStorage) {}

  present(project: Project): ProjectResponse {
    return {
      ...shown(project),
      owned: true,
      generations_count: project.generationsCount,
      updated_at: project.updatedAt.toISOString(),
    };
  }

  async presentView(view: ProjectView): Promise<ProjectResponse | PublicProjectResponse> {
    if (view.owned) return this.present(view.project);
    const gallery = await Promise.all(view.gallery.map((item) => this.presentItem(item)));
    return { ...shown(view.project), owned: false, gallery };
  }

  private async presentItem(item: GalleryItem): Promise<GalleryItemResponse> {
    return {
      url: await this.storage.signedUrl(item.objectKey, mediaUrlSeconds),
      content_type: item.contentType,
      width: item.width,
      height: item.height,
      bytes: item.bytes,
    };
  }
}

const shown = (project: Project) => ({
  id: project.id,
  name: project.name,
  description: project.description,
  visibility: project.visibility,
  created_at: project.createdAt.toISOString(),
});
