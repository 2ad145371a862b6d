/** A petition as a resident of the invented town would file it. */
export const sampleFiling = {
  procedure: 'petition',
  data: {
    subject: '村道排水沟堵塞，雨天积水进屋',
    description: '从今年年初起，石上村小学往北的排水沟被泥沙堵住，两次下雨积水都漫进路边三户人家。',
    claim: '请清理排水沟，并说明以后由谁管护。',
    village: 'shishang-village',
    name: '苏禾田',
    phone: '000 0000 0091',
  },
}
