export const Compare = () => <h1 className="title">Compare versions</h1>;
