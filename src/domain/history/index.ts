export { expectedRequests } from './expected-requests.ts';
export { LOOKS, looksOf, NEW_FOR_MS, type Look } from './looks.ts';
export { servicesIn, servingIn, shareIn, type Numbers, type Service, type Told } from './service.ts';
export { STORY_KINDS, storyOf, type Story, type StoryKind } from './story.ts';
