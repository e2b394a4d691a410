/** The address of every hook, as the router and the guards know it. */
export const hookRoute = '/hooks/*';
