export default function RouteScreen() { return null; }
