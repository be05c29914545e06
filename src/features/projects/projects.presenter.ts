import type { Linked } from '../storage/media-links.js';
import type { GalleryItem, Project, ProjectView } from './project.js';
import type { GalleryItemResponse, ProjectResponse, PublicProjectResponse } from './projects.dto.js';

/** Field by field: what is not named here is not sent. */
export const toProject = (project: Project): ProjectResponse => ({
  ...toShown(project),
  owned: true,
  generations_count: project.generationsCount,
  updated_at: project.updatedAt.toISOString(),
});

/** The whole project for its owner, the public view for others. */
export function toProjectView(view: ProjectView): ProjectResponse | PublicProjectResponse {
  if (view.owned) return toProject(view.project);
  return { ...toShown(view.project), owned: false, gallery: view.gallery.map(toGalleryItem) };
}

const toGalleryItem = (item: Linked<GalleryItem>): GalleryItemResponse => ({
  url: item.url,
  content_type: item.contentType,
  width: item.width,
  height: item.height,
  bytes: item.bytes,
});

const toShown = (project: Project) => ({
  id: project.id,
  name: project.name,
  description: project.description,
  visibility: project.visibility,
  created_at: project.createdAt.toISOString(),
});
