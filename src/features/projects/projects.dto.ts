import {
  ChoiceProperty,
  ConstantProperty,
  IntegerProperty,
  ListProperty,
  MediaTypeProperty,
  MomentProperty,
  NextCursorProperty,
  TextProperty,
  UrlProperty,
  UuidProperty,
} from '../../perimeter/output/properties.js';
import { projectPolicy } from '../../../config/policy/generations/projects.js';
import { ChoiceField, TextField } from '../../perimeter/input/fields.js';
import { visibilities, type Visibility } from './project.js';
import { pageQuery } from '../../perimeter/input/page-query.js';

const name = { min: 1, max: projectPolicy.nameCharacters, example: 'harbour at night' };
const description = { optional: true, nullable: true, max: projectPolicy.descriptionCharacters };
const visibility = {
  description: 'Who may look: its owner alone, or anybody who is signed in and knows its id.',
  optional: true,
  of: visibilities,
};

export class CreateProjectRequest {
  @TextField({ description: 'What it is called; not blank.', ...name })
  name!: string;

  @TextField({ description: 'What it is about.', ...description })
  description?: string | null;

  @ChoiceField(visibility)
  visibility?: Visibility | null;
}

/** An omitted field stays unchanged; at least one is required. */
export class ChangeProjectRequest {
  @TextField({ description: 'What it is called; not blank.', optional: true, ...name })
  name?: string | null;

  @TextField({ description: 'What it is about; null clears it.', ...description })
  description?: string | null;

  @ChoiceField(visibility)
  visibility?: Visibility | null;
}

export class ListProjectsQuery extends pageQuery(100) {}

class ShownProjectResponse {
  @UuidProperty() id!: string;
  @TextProperty({ max: projectPolicy.nameCharacters }) name!: string;
  @TextProperty({ nullable: true, max: projectPolicy.descriptionCharacters }) description!: string | null;
  @ChoiceProperty(visibilities) visibility!: Visibility;
  @MomentProperty() created_at!: string;
}

export class ProjectResponse extends ShownProjectResponse {
  @ConstantProperty(true) owned!: true;
  @IntegerProperty({ description: 'Whatever became of them.' }) generations_count!: number;
  @MomentProperty() updated_at!: string;
}

export class GalleryItemResponse {
  @UrlProperty({ description: 'A link that expires.' }) url!: string;
  @MediaTypeProperty() content_type!: string;
  @IntegerProperty({ nullable: true }) width!: number | null;
  @IntegerProperty({ nullable: true }) height!: number | null;
  @IntegerProperty() bytes!: number;
}

/** A public project of another account. */
export class PublicProjectResponse extends ShownProjectResponse {
  @ConstantProperty(false) owned!: false;
  @ListProperty(GalleryItemResponse, {
    description: `The newest results, at most ${projectPolicy.galleryAtMost}.`,
    max: projectPolicy.galleryAtMost,
  })
  gallery!: GalleryItemResponse[];
}

export class ProjectsPage {
  @ListProperty(ProjectResponse, { max: 100 }) data!: ProjectResponse[];
  @NextCursorProperty() next_cursor!: string | null;
}
