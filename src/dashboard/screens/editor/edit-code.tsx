export const EditCode = () => <h1 className="title">Edit code</h1>;
